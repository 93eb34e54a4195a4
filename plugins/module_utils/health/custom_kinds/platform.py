# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom kinds of the platform: certificates, secrets, networks, policies, clusters, computing."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    Custom,
    each,
    general,
    says,
    word,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.custom_kinds import (
    clusters,
    rollouts,
    special,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule

_READY_OR_FAILED = says("Ready", false_fails=True)
_PHASE = "status.phase"
# prometheus-operator.dev: SomePodsNotReady is on its way, NoPodReady is not.
_PROMETHEUS = says("Available", "Reconciled", false_fails=True, busy_reasons="SomePodsNotReady")
# kubeflow.org: Running means that it works at it, Succeeded that it is done.
_TRAINING = says("Succeeded", failed_if="Failed")
_VAULT_VALID = word("status.valid", ready="true", failed="false")
_CERTIFICATE = says("Ready", busy_if="Issuing", false_fails=True)
_ACME = word("status.state", ready="valid", failed="invalid,expired,errored")
_KARPENTER = says(
    "Ready",
    broken_if_not="NodeClassReady SubnetsReady SecurityGroupsReady ValidationSucceeded",
    false_fails=True,
)
_HYPERSHIFT_POOL = says(
    "Ready",
    broken_if_not="ValidGeneratedPayload ValidPlatformImage ValidReleaseImage ValidMachineConfig"
    " ValidTuningConfig ValidPlatformConfig ValidMachineTemplate UpdateManagementEnabled"
    " SupportedVersionSkew",
    busy_if="UpdatingVersion UpdatingConfig",
    false_fails=False,
)
# These only say which generation their controller has taken up.
_TAKEN_UP = Custom(holds=("status.observedGeneration=*",))
_CAPSULE = says("Ready", suspended_if="Cordoned", false_fails=True)

TABLE: dict[str, dict[str, Rule]] = {
    "acme.cert-manager.io": {"Challenge": _ACME, "Order": _ACME},
    "addons.cluster.x-k8s.io": {"ClusterResourceSet": says("ResourcesApplied", false_fails=True)},
    "addons.projectcapsule.dev": {"*": _READY_OR_FAILED},
    "apigee.cloud.google.com": {"*": word("status.state", ready="running")},
    "app.terraform.io": {
        "Workspace": word(
            "status.runStatus",
            ready="applied,planned_and_finished",
            failed="errored,canceled,force_canceled,discarded",
        ),
    },
    "apps.3scale.net": {"APIManager": special.api_manager},
    "apps.kruise.io": {
        "AdvancedCronJob": rollouts.advanced_cron_job,
        "BroadcastJob": word(_PHASE, ready="completed", failed="failed", suspended="paused"),
        "CloneSet": rollouts.kruise_set,
        "DaemonSet": rollouts.kruise_set,
        "StatefulSet": rollouts.kruise_set,
    },
    "apps.openshift.io": {"DeploymentConfig": rollouts.deployment_config},
    "astra.netapp.io": {
        "Application": _READY_OR_FAILED,
        "ExecHook": says(asleep_if="spec.enabled=false", exists_if="spec.enabled=true"),
    },
    "autoscaling.k8s.io": {
        "VerticalPodAutoscaler": says(
            "RecommendationProvided", failed_if="ConfigUnsupported NoPodsMatched"
        ),
    },
    "batch.volcano.sh": {
        "Job": word("status.state.phase", ready="completed", failed="failed,aborted,terminated"),
    },
    "bitnami.com": {"SealedSecret": says("Synced", false_fails=True)},
    "capsule.clastix.io": {"ResourcePoolClaim": says("Bound", "Ready"), "*": _CAPSULE},
    "cdi.kubevirt.io": {
        "DataVolume": word(_PHASE, ready="succeeded", failed="failed", suspended="paused"),
    },
    "cert-manager.io": {
        "Certificate": _CERTIFICATE,
        "CertificateRequest": says(
            "Ready", failed_if="Denied InvalidRequest", busy_reasons="Pending", false_fails=True
        ),
        "ClusterIssuer": _READY_OR_FAILED,
        "Issuer": _READY_OR_FAILED,
    },
    "certmanager.k8s.io": {
        "Certificate": _CERTIFICATE,
        "ClusterIssuer": _READY_OR_FAILED,
        "Issuer": _READY_OR_FAILED,
    },
    "cluster.x-k8s.io": {
        "MachineHealthCheck": clusters.machine_health_check,
        "*": clusters.cluster_api,
    },
    "controlplane.cluster.x-k8s.io": {"*": clusters.cluster_api},
    "constraints.gatekeeper.sh": {"*": special.gatekeeper},
    "core.oam.dev": {
        "Application": word(
            "status.status",
            ready="running",
            failed="workflowfailed,workflowterminated",
            suspended="workflowsuspending",
        ),
    },
    "datadoghq.com": {"DatadogMetric": says("Valid", failed_if="Error", false_fails=True)},
    "elbv2.k8s.aws": {"TargetGroupBinding": _TAKEN_UP},
    "externaldns.k8s.io": {"DNSEndpoint": _TAKEN_UP},
    "external-secrets.io": each(
        "ClusterExternalSecret ClusterSecretStore ExternalSecret PushSecret SecretStore",
        _READY_OR_FAILED,
    ),
    "gateway.solo.io": {"*": special.gloo},
    "gloo.solo.io": {"*": special.gloo},
    "grafana.integreatly.org": {
        "Grafana": word(
            "status.stageStatus", ready="success", failed="failed", holds="status.stage=complete"
        ),
    },
    "hypershift.openshift.io": {
        "ControlPlaneComponent": says(
            "Available", "RolloutComplete", broken_if_not="Available", false_fails=False
        ),
        "HostedCluster": says("Available", failed_if="Degraded", busy_if="Progressing"),
        "HCPEtcdBackup": says("BackupCompleted"),
        "NodePool": _HYPERSHIFT_POOL,
    },
    "jobset.x-k8s.io": {
        "JobSet": says("Completed", failed_if="Failed", asleep_if="spec.suspend"),
    },
    "k8s.keycloak.org": {
        "Keycloak": says("Ready", failed_if="HasErrors"),
        "KeycloakRealmImport": says("Done", failed_if="HasErrors"),
    },
    "karpenter.k8s.aws": {"*": _KARPENTER},
    "karpenter.sh": {"NodeClaim": general(false_fails=True), "*": _KARPENTER},
    "keda.sh": each(
        "ScaledJob ScaledObject",
        says("Ready", false_fails=True, failed_if="Fallback", suspended_if="Paused"),
    ),
    "keycloak.org": {"Keycloak": word("status.ready", ready="true", breaks="status.phase=failing")},
    "kubeflow.org": each("Experiment MPIJob PyTorchJob TFJob Trial XGBoostJob", _TRAINING),
    "kubevirt.io": {
        "VirtualMachine": special.virtual_machine,
        "VirtualMachineInstance": says(
            "Ready",
            field=_PHASE,
            ready="running",
            failed="failed",
            suspended="succeeded",
            suspended_if="Paused",
        ),
    },
    "kueue.x-k8s.io": {"ClusterQueue": says("Active"), "LocalQueue": says("Active")},
    "kyverno.io": {"ClusterPolicy": _READY_OR_FAILED, "Policy": _READY_OR_FAILED},
    "metal3.io": {
        "BareMetalHost": word(
            "status.provisioning.state",
            ready="available,externally provisioned,provisioned,ready,unmanaged",
            breaks="status.operationalStatus=error",
        ),
    },
    "monitoring.coreos.com": each(
        "Alertmanager Prometheus PrometheusAgent ThanosRuler", _PROMETHEUS
    ),
    "networking.gke.io": {"ManagedCertificate": special.managed_certificate},
    "nvidia.com": {"ClusterPolicy": word("status.state", ready="ready", suspended="disabled")},
    "opentelemetry.io": {"OpenTelemetryCollector": special.otel_collector},
    # docs.victoriametrics.com/operator: one word for every kind of theirs.
    "operator.victoriametrics.com": {
        "*": word("status.updateStatus", ready="operational", failed="failed", suspended="paused"),
    },
    "policies.kyverno.io": {"*": special.kyverno_policy},
    "policy.open-cluster-management.io": {
        "OperatorPolicy": says("Compliant", false_fails=True),
        "*": special.compliance,
    },
    "projectcontour.io": {
        "HTTPProxy": word("status.currentStatus", ready="valid", failed="invalid,orphaned"),
    },
    "ray.io": {"RayJob": word("status.jobStatus", ready="succeeded", failed="failed,stopped")},
    "route.openshift.io": {"Route": special.openshift_route},
    "secrets.hashicorp.com": {
        "VaultAuth": _VAULT_VALID,
        "VaultConnection": _VAULT_VALID,
        "VaultPKISecret": _VAULT_VALID,
        "VaultStaticSecret": Custom(holds=("status.secretMAC=*",)),
    },
    "serving.kserve.io": {
        "InferenceService": says("Ready", suspended_if="Stopped", false_fails=True),
    },
    "sparkoperator.k8s.io": {
        "SparkApplication": word(
            "status.applicationState.state",
            ready="completed",
            failed="failed,submission_failed,failing",
        ),
    },
    "templates.gatekeeper.sh": {"ConstraintTemplate": special.gatekeeper},
    "trust.cert-manager.io": {"Bundle": says("Synced", false_fails=True)},
    "work.karmada.io": each("ClusterResourceBinding ResourceBinding", special.karmada_binding),
}
