# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom kinds that deliver software: Argo, Flux, Crossplane, Knative, Tekton, OLM, kapp."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    each,
    general,
    says,
    word,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.custom_kinds import (
    rollouts,
    special,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule

_READY_OR_FAILED = says("Ready", false_fails=True)
_PHASE = "status.phase"

# fluxcd.io, "Kubernetes API conventions of Flux": Stalled is final, Reconciling is not.
_FLUX = says(
    "Ready",
    failed_if="Stalled",
    busy_if="Reconciling",
    busy_reasons="DependencyNotReady Progressing ProgressingWithRetry RetriesRemaining",
    asleep_if="spec.suspend",
)
_ARGO_RUN = word(
    _PHASE, ready="successful,succeeded", failed="failed,error,inconclusive", suspended="suspended"
)
_DEPLOYED = says("Deployed", false_fails=True)  # argo-events
_PROMOTER = says("Ready", false_fails=True)  # gitops-promoter
# docs.crossplane.io: packages are Installed and Healthy, resources Synced and Ready.
_PACKAGE = says("Installed", "Healthy")
_MANAGED = general(
    broken_if_not="Synced LastAsyncOperation",
    false_fails=False,
    asleep_if="annotation:crossplane.io/paused=true",
)
_KNATIVE_PART = says(
    *("DeploymentsAvailable", "InstallSucceeded", "Ready"),
    broken_if_not="InstallSucceeded DependenciesInstalled",
    false_fails=False,
)
_KAPP = general(failed_if="ReconcileFailed DeleteFailed", asleep_if="spec.paused")

TABLE: dict[str, dict[str, Rule]] = {
    "*.crossplane.io": {"*": _MANAGED},
    "*.upbound.io": {"*": _MANAGED},
    # cloud.google.com, Config Connector: one Ready condition with a word for everything.
    "*.cnrm.cloud.google.com": {"*": says("Ready", busy_reasons="DependencyNotReady Updating")},
    "core.cnrm.cloud.google.com": each(
        "ConfigConnector ConfigConnectorContext",
        word("status.healthy", ready="true", failed="false"),
    ),
    # aws-controllers-k8s.github.io: only ACK.Terminal is final.
    "*.services.k8s.aws": {"*": general(failed_if="ACK.Terminal", false_fails=False)},
    "argocd-image-updater.argoproj.io": {"ImageUpdater": general(false_fails=True)},
    "argoproj.io": {
        "AnalysisRun": _ARGO_RUN,
        "Application": word(
            "status.health.status", ready="healthy", failed="degraded", suspended="suspended"
        ),
        "ApplicationSet": says(
            "ResourcesUpToDate",
            failed_if="ErrorOccurred",
            busy_if="RolloutProgressing",
            false_fails=True,
        ),
        "CronWorkflow": says(failed_if="SpecError SubmissionError", may_be_empty=True),
        "EventBus": _DEPLOYED,
        "EventSource": _DEPLOYED,
        "Experiment": _ARGO_RUN,
        "Rollout": rollouts.argo_rollout,
        "Sensor": _DEPLOYED,
        "Workflow": _ARGO_RUN,
    },
    "apiextensions.crossplane.io": {
        "CompositeResourceDefinition": says("Established"),
    },
    "camel.apache.org": {"Integration": _READY_OR_FAILED},
    "db.atlasgo.io": each(
        "AtlasMigration AtlasSchema", says("Ready", false_fails=True, busy_reasons="Reconciling")
    ),
    "eventing.knative.dev": {"Broker": _READY_OR_FAILED, "Trigger": _READY_OR_FAILED},
    "flagger.app": {
        "Canary": word(_PHASE, ready="succeeded,initialized", failed="failed", suspended="waiting"),
    },
    "helm.toolkit.fluxcd.io": {"HelmRelease": _FLUX},
    "image.toolkit.fluxcd.io": each("ImagePolicy ImageRepository ImageUpdateAutomation", _FLUX),
    "infra.contrib.fluxcd.io": {"Terraform": _FLUX},
    "kappctrl.k14s.io": {"App": _KAPP},
    # kro.run: an instance has a state besides, which the general vocabulary reads.
    "kro.run": {"ResourceGraphDefinition": _READY_OR_FAILED, "*": general()},
    "kustomize.toolkit.fluxcd.io": {"Kustomization": _FLUX},
    "messaging.knative.dev": {"Channel": _READY_OR_FAILED, "Subscription": _READY_OR_FAILED},
    "notification.toolkit.fluxcd.io": each("Alert Provider Receiver", _FLUX),
    "operator.knative.dev": each("KnativeEventing KnativeServing", _KNATIVE_PART),
    "operators.coreos.com": {
        "CatalogSource": word("status.connectionState.lastObservedState", ready="ready"),
        "ClusterServiceVersion": word(_PHASE, ready="succeeded", failed="failed"),
        "InstallPlan": word(
            _PHASE, ready="complete", failed="failed", suspended="requiresapproval"
        ),
        "Subscription": special.olm_subscription,
    },
    "packaging.carvel.dev": {"PackageInstall": _KAPP, "PackageRepository": _KAPP},
    "pkg.crossplane.io": each("Configuration Function Provider", _PACKAGE),
    "promoter.argoproj.io": {
        "ChangeTransferPolicy": rollouts.promotion,
        "PromotionStrategy": rollouts.promotion,
        "*": _PROMOTER,
    },
    "rollouts.kruise.io": {"Rollout": rollouts.kruise_rollout},
    "serving.knative.dev": each(
        "Configuration DomainMapping Revision Route Service", _READY_OR_FAILED
    ),
    "source.toolkit.fluxcd.io": {
        **each("Bucket GitRepository HelmChart OCIRepository", _FLUX),
        "HelmRepository": replace(_FLUX, exists_if=("spec.type=oci",)),
    },
    # tekton.dev and knative.dev: Succeeded and Ready are True, False (final) or Unknown.
    "tekton.dev": each("PipelineRun TaskRun", says("Succeeded", false_fails=True)),
    "tower.ansible.com": {
        "AnsibleJob": word(
            "status.ansibleJobResult.status", ready="successful", failed="error,failed,canceled"
        ),
    },
}
