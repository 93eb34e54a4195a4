# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of custom resources: API group → kind → rule.

Each row is from the operator's API types or documentation. What is not here is read by the general
vocabulary (generic.py), which needs no row for kinds with an ordinary Ready condition.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    Custom,
    each,
    general,
    says,
    word,
)

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
# knative.dev: Succeeded and Ready are True, False (final) or Unknown.
_KNATIVE = _READY_OR_FAILED
_SUCCEEDED = says("Succeeded", false_fails=True)
_ARGO_RUN = word(
    _PHASE, ready="successful,succeeded", failed="failed,error,inconclusive", suspended="suspended"
)
# docs.crossplane.io: packages are Installed and Healthy, resources Synced and Ready.
_PACKAGE = says("Installed", "Healthy")
# strimzi.io: NotReady is True with the reason Creating while the cluster is being made.
_STRIMZI = says(
    "Ready",
    failed_if="NotReady",
    busy_reasons="Creating",
    false_fails=True,
    suspended_if="ReconciliationPaused",
)
_VELERO = word(
    _PHASE,
    ready="completed",
    failed="failed,partiallyfailed,failedvalidation,finalizingpartiallyfailed,"
    "waitingforpluginoperationspartiallyfailed",
)
# elastic.co, ECK: health is green, yellow, red or unknown; yellow misses replicas.
_ELASTIC = word("status.health", ready="green", failed="red")
# prometheus-operator.dev: SomePodsNotReady is on its way, NoPodReady is not.
_PROMETHEUS = says("Available", "Reconciled", false_fails=True, busy_reasons="SomePodsNotReady")
_MINIO = word("status.currentState", ready="initialized")
_PERCONA = word("status.state", ready="ready", failed="error", suspended="paused,stopping")
# kubeflow.org: Running means that it works at it, Succeeded that it is done.
_TRAINING = says("Succeeded", failed_if="Failed")
_VAULT_VALID = word("status.valid", ready="true", failed="false")
_ROOK = word(_PHASE, ready="ready,connected,created", failed="failure,error")
_CLUSTER_API = general(asleep_if="spec.paused")
# docs.victoriametrics.com/operator: one word for every kind of theirs.
_VICTORIA = word("status.updateStatus", ready="operational", failed="failed", suspended="paused")

CUSTOM: dict[str, dict[str, Custom]] = {
    "acme.cert-manager.io": {
        "Challenge": word("status.state", ready="valid", failed="invalid,expired,errored"),
        "Order": word("status.state", ready="valid", failed="invalid,expired,errored"),
    },
    "apps.kruise.io": {
        "CloneSet": general(asleep_if="spec.updateStrategy.paused"),
        "StatefulSet": general(asleep_if="spec.updateStrategy.rollingUpdate.paused"),
    },
    "argoproj.io": {
        "AnalysisRun": _ARGO_RUN,
        "Application": word(
            "status.health.status", ready="healthy", failed="degraded", suspended="suspended"
        ),
        "ApplicationSet": says("ResourcesUpToDate", failed_if="ErrorOccurred"),
        "Experiment": _ARGO_RUN,
        "Rollout": word(_PHASE, ready="healthy", failed="degraded", suspended="paused"),
        "Workflow": _ARGO_RUN,
    },
    "autoscaling.k8s.io": {
        "VerticalPodAutoscaler": says("RecommendationProvided", failed_if="ConfigUnsupported"),
    },
    "bitnami.com": {"SealedSecret": says("Synced", false_fails=True)},
    "cassandra.datastax.com": {
        "CassandraDatacenter": Custom(
            conditions=("Ready",),
            field="status.cassandraOperatorProgress",
            ready=frozenset({"ready"}),
        ),
    },
    "ceph.rook.io": {
        "CephBlockPool": _ROOK,
        "CephCluster": word(_PHASE, ready="ready,connected", failed="failure,error"),
        "CephFilesystem": _ROOK,
        "CephObjectStore": _ROOK,
        "CephObjectStoreUser": _ROOK,
    },
    "cert-manager.io": {
        "Certificate": says("Ready", busy_if="Issuing", false_fails=True),
        "CertificateRequest": says(
            "Ready", failed_if="Denied InvalidRequest", busy_reasons="Pending"
        ),
        "ClusterIssuer": _READY_OR_FAILED,
        "Issuer": _READY_OR_FAILED,
    },
    "cdi.kubevirt.io": {
        "DataVolume": word(_PHASE, ready="succeeded", failed="failed", suspended="paused"),
    },
    "clickhouse.altinity.com": {
        "ClickHouseInstallation": word("status.status", ready="completed", failed="aborted"),
    },
    "cluster.x-k8s.io": {
        "Cluster": _CLUSTER_API,
        "Machine": _CLUSTER_API,
        "MachineDeployment": _CLUSTER_API,
        "MachinePool": _CLUSTER_API,
    },
    "elasticsearch.k8s.elastic.co": {
        "Elasticsearch": _ELASTIC,
    },
    "agent.k8s.elastic.co": {"Agent": _ELASTIC},
    "apm.k8s.elastic.co": {"ApmServer": _ELASTIC},
    "beat.k8s.elastic.co": {"Beat": _ELASTIC},
    "kibana.k8s.elastic.co": {"Kibana": _ELASTIC},
    "logstash.k8s.elastic.co": {"Logstash": _ELASTIC},
    "external-secrets.io": {
        "ClusterExternalSecret": _READY_OR_FAILED,
        "ClusterSecretStore": _READY_OR_FAILED,
        "ExternalSecret": _READY_OR_FAILED,
        "PushSecret": _READY_OR_FAILED,
        "SecretStore": _READY_OR_FAILED,
    },
    "flink.apache.org": {
        "FlinkDeployment": word(
            "status.lifecycleState", ready="stable", failed="failed", suspended="suspended"
        ),
    },
    "grafana.integreatly.org": {
        "Grafana": word("status.stageStatus", ready="success", failed="failed"),
    },
    "helm.toolkit.fluxcd.io": {"HelmRelease": _FLUX},
    "image.toolkit.fluxcd.io": {
        "ImagePolicy": _FLUX,
        "ImageRepository": _FLUX,
        "ImageUpdateAutomation": _FLUX,
    },
    "infinispan.org": {"Infinispan": says("WellFormed")},
    "infra.contrib.fluxcd.io": {"Terraform": _FLUX},
    "jobset.x-k8s.io": {
        "JobSet": says("Completed", failed_if="Failed", asleep_if="spec.suspend"),
    },
    "kafka.strimzi.io": each(
        "Kafka KafkaBridge KafkaConnect KafkaConnector KafkaMirrorMaker2 KafkaTopic KafkaUser",
        _STRIMZI,
    ),
    "k8s.keycloak.org": {
        "Keycloak": says("Ready", failed_if="HasErrors"),
        "KeycloakRealmImport": says("Done", failed_if="HasErrors"),
    },
    "keda.sh": {
        "ScaledJob": says("Ready", false_fails=True, suspended_if="Paused"),
        "ScaledObject": says("Ready", false_fails=True, suspended_if="Paused"),
    },
    "kubeflow.org": each("MPIJob PyTorchJob TFJob XGBoostJob", _TRAINING),
    "kubevirt.io": {
        "VirtualMachine": word(
            "status.printableStatus",
            ready="running",
            failed="crashloopbackoff,errorunschedulable,errimagepull,imagepullbackoff,errorpvcnotfound,"
            "datavolumeerror",
            suspended="stopped,paused",
        ),
        "VirtualMachineInstance": word(_PHASE, ready="running,succeeded", failed="failed"),
    },
    "kueue.x-k8s.io": {"ClusterQueue": says("Active"), "LocalQueue": says("Active")},
    "kustomize.toolkit.fluxcd.io": {"Kustomization": _FLUX},
    "minio.min.io": {"Tenant": _MINIO},
    "mongodbcommunity.mongodb.com": {
        "MongoDBCommunity": word(_PHASE, ready="running", failed="failed"),
    },
    "monitoring.coreos.com": each(
        "Alertmanager Prometheus PrometheusAgent ThanosRuler", _PROMETHEUS
    ),
    "mysql.oracle.com": {
        "InnoDBCluster": word("status.cluster.status", ready="online", failed="offline,invalid"),
    },
    "notification.toolkit.fluxcd.io": {"Alert": _FLUX, "Provider": _FLUX, "Receiver": _FLUX},
    "operator.victoriametrics.com": each(
        "VLogs VMAgent VMAlert VMAlertmanager VMAuth VMCluster VMSingle", _VICTORIA
    ),
    "operators.coreos.com": {
        "CatalogSource": word("status.connectionState.lastObservedState", ready="ready"),
        "ClusterServiceVersion": word(_PHASE, ready="succeeded", failed="failed"),
        "InstallPlan": word(
            _PHASE, ready="complete", failed="failed", suspended="requiresapproval"
        ),
        "Subscription": word("status.state", ready="atlatestknown", failed="upgradefailed"),
    },
    "acid.zalan.do": {
        "postgresql": word(
            "status.PostgresClusterStatus",
            ready="running",
            failed="createfailed,updatefailed,updateerror,syncfailed,invalid",
        ),
    },
    "postgresql.cnpg.io": {
        "Backup": word(_PHASE, ready="completed", failed="failed,walarchivingfailing"),
        "Cluster": Custom(
            conditions=("Ready",),
            field=_PHASE,
            ready=frozenset({"cluster in healthy state"}),
            failed=frozenset(
                {
                    "unable to create required cluster objects",
                    "cluster has incomplete or invalid image catalog",
                    "cluster cannot proceed to reconciliation due to an unknown plugin being"
                    " required",
                    "cluster cannot execute instance online upgrade due to missing architecture"
                    " binary",
                    "waiting for user action",
                }
            ),
        ),
        "Database": word("status.applied", ready="true", failed="false"),
    },
    "pkg.crossplane.io": {"Configuration": _PACKAGE, "Function": _PACKAGE, "Provider": _PACKAGE},
    "apiextensions.crossplane.io": {"CompositeResourceDefinition": says("Established")},
    "psmdb.percona.com": {"PerconaServerMongoDB": _PERCONA},
    "pxc.percona.com": {"PerconaXtraDBCluster": _PERCONA},
    "pgv2.percona.com": {"PerconaPGCluster": _PERCONA},
    "rabbitmq.com": {
        "RabbitmqCluster": says("AllReplicasReady", "ClusterAvailable", "ReconcileSuccess"),
    },
    "secrets.hashicorp.com": {"VaultAuth": _VAULT_VALID, "VaultConnection": _VAULT_VALID},
    "serving.knative.dev": each("Configuration DomainMapping Revision Route Service", _KNATIVE),
    "eventing.knative.dev": {"Broker": _KNATIVE, "Trigger": _KNATIVE},
    "messaging.knative.dev": {"Channel": _KNATIVE, "Subscription": _KNATIVE},
    "ray.io": {"RayJob": word("status.jobStatus", ready="succeeded", failed="failed,stopped")},
    "serving.kserve.io": {"InferenceService": says("Ready", suspended_if="Stopped")},
    "snapshot.storage.k8s.io": {
        "VolumeSnapshot": word("status.readyToUse", ready="true"),
        "VolumeSnapshotContent": word("status.readyToUse", ready="true"),
    },
    "source.toolkit.fluxcd.io": {
        "Bucket": _FLUX,
        "GitRepository": _FLUX,
        "HelmChart": _FLUX,
        "HelmRepository": replace(_FLUX, exists_if=("spec.type", "oci")),
        "OCIRepository": _FLUX,
    },
    "sparkoperator.k8s.io": {
        "SparkApplication": word(
            "status.applicationState.state",
            ready="completed",
            failed="failed,submission_failed,failing,unknown",
        ),
    },
    "tekton.dev": {"PipelineRun": _SUCCEEDED, "TaskRun": _SUCCEEDED},
    "velero.io": {
        "Backup": _VELERO,
        "BackupStorageLocation": word(_PHASE, ready="available", failed="unavailable"),
        "Restore": _VELERO,
        "Schedule": word(_PHASE, ready="enabled", failed="failedvalidation"),
    },
    "projectcontour.io": {
        "HTTPProxy": word("status.currentStatus", ready="valid", failed="invalid,orphaned"),
    },
}
