# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom kinds that keep or move data: databases, queues, streams, storage, backups."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    each,
    says,
    word,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.custom_kinds import special
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule

_PHASE = "status.phase"

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
_PERCONA = word("status.state", ready="ready", failed="error", suspended="paused,stopping")
_ROOK = word(_PHASE, ready="ready,connected,created", failed="failure,error")
_CONFLUENT = word(_PHASE, ready="running", failed="failed")
_MARIADB = says("*")
# numaflow.numaproj.io: every condition must hold, and the phase says who asked it to stand still.
_NUMAFLOW = says(
    "*",
    field=_PHASE,
    ready="running",
    failed="failed",
    suspended="paused,pausing",
    breaks="label:numaplane.numaproj.io/progressive-result-state=failed",
    false_fails=True,
)
_NUMAPLANE = says(
    "ChildResourcesHealthy",
    field=_PHASE,
    ready="deployed",
    failed="failed",
    suspended_if="PipelinePausingOrPaused MonoVertexPausingOrPaused",
    false_fails=True,
)

TABLE: dict[str, dict[str, Rule]] = {
    "acid.zalan.do": {
        "postgresql": word(
            "status.PostgresClusterStatus",
            ready="running",
            failed="createfailed,updatefailed,deletefailed,syncfailed,invalid,updateerror",
        ),
    },
    "agent.k8s.elastic.co": {"Agent": _ELASTIC},
    "apm.k8s.elastic.co": {"ApmServer": _ELASTIC},
    "beat.k8s.elastic.co": {"Beat": _ELASTIC},
    "cassandra.datastax.com": {
        "CassandraDatacenter": says(
            "Ready", field="status.cassandraOperatorProgress", ready="ready"
        ),
    },
    "ceph.rook.io": {
        **each("CephBlockPool CephFilesystem CephObjectStore CephObjectStoreUser", _ROOK),
        "CephCluster": word(_PHASE, ready="ready,connected", failed="failure,error"),
    },
    "clickhouse.altinity.com": {
        "ClickHouseInstallation": word(
            "status.status", ready="completed", failed="aborted,terminated,error,failed"
        ),
    },
    "elasticsearch.k8s.elastic.co": {
        "Elasticsearch": special.elasticsearch,
    },
    "flink.apache.org": {
        "FlinkBlueGreenDeployment": word(
            "status.blueGreenState",
            ready="active_blue,active_green",
            breaks="status.reconciliationStatus.state=rolled_back"
            " status.jobStatus.state=restarting",
        ),
        "FlinkDeployment": special.flink_deployment,
        "FlinkSessionJob": special.flink_session_job,
    },
    "infinispan.org": {"Infinispan": says("WellFormed")},
    "k8s.mariadb.com": {
        "Backup": _MARIADB,
        "SqlJob": special.mariadb_job,
        "*": _MARIADB,
    },
    "kafka.strimzi.io": each(
        "Kafka KafkaBridge KafkaConnect KafkaConnector KafkaMirrorMaker2 KafkaNodePool KafkaTopic"
        " KafkaUser",
        _STRIMZI,
    ),
    "kibana.k8s.elastic.co": {"Kibana": _ELASTIC},
    "logstash.k8s.elastic.co": {"Logstash": _ELASTIC},
    "longhorn.io": {
        "Backup": word("status.state", ready="completed", failed="error"),
        "Volume": special.longhorn_volume,
    },
    "managed-services.deckhouse.io": {
        "*": says("Available", "LastValidConfigurationApplied", false_fails=False),
    },
    "mariadb.mmontes.io": {"*": _MARIADB},
    "minio.min.io": {
        "Tenant": word(
            "status.currentState",
            ready="initialized",
            failed="statefulset not controlled by operator,"
            "another minio tenant already exists in the namespace,"
            "different versions across minio pools",
        ),
    },
    "mongodbcommunity.mongodb.com": {
        "MongoDBCommunity": word(_PHASE, ready="running", failed="failed"),
    },
    "mysql.oracle.com": {
        "InnoDBCluster": word("status.cluster.status", ready="online", failed="offline,invalid"),
    },
    "numaflow.numaproj.io": {"*": _NUMAFLOW},
    "numaplane.numaproj.io": {"*": _NUMAPLANE},
    "pgv2.percona.com": {"PerconaPGCluster": _PERCONA},
    "platform.confluent.io": {
        "Connector": word(
            "status.connectorState",
            ready="running",
            failed="failed",
            holds="status.state=created",
            breaks="status.state=error status.failedTasksCount=*",
        ),
        "*": _CONFLUENT,
    },
    "postgresql.cnpg.io": {
        "Backup": word(
            _PHASE, ready="completed", failed="failed,walarchivingfailing,invalid backup definition"
        ),
        "Cluster": says(
            "Ready",
            field=_PHASE,
            ready="cluster in healthy state",
            failed="unable to create required cluster objects,"
            "cluster has incomplete or invalid image catalog,"
            "cluster cannot proceed to reconciliation due to an unknown plugin being required,"
            "cluster cannot execute instance online upgrade due to missing architecture binary,"
            "cluster is unrecoverable and needs manual intervention,waiting for user action",
            suspended_if="cnpg.io/hibernation",
            asleep_if="annotation:cnpg.io/reconciliationLoop=disabled"
            " annotation:cnpg.io/reconciliation=disabled",
            false_fails=False,
        ),
        "Database": word("status.applied", ready="true", failed="false"),
    },
    "ps.percona.com": {"PerconaServerMySQL": _PERCONA},
    "psmdb.percona.com": {"PerconaServerMongoDB": _PERCONA},
    "pxc.percona.com": {"PerconaXtraDBCluster": _PERCONA},
    "rabbitmq.com": {
        "RabbitmqCluster": says(
            *("AllReplicasReady", "ClusterAvailable", "ReconcileSuccess"),
            broken_if_not="ReconcileSuccess",
            asleep_if="spec.replicas=0",
            false_fails=False,
        ),
        "*": says("Ready"),
    },
    "snapshot.storage.k8s.io": each(
        "VolumeSnapshot VolumeSnapshotContent",
        word("status.readyToUse", ready="true", breaks="status.error=*"),
    ),
    "solr.apache.org": {"SolrCloud": special.solr_cloud},
    "trident.netapp.io": {
        "TridentBackendConfig": word(
            "status.lastOperationStatus",
            ready="success",
            failed="failed",
            holds="status.phase=bound",
        ),
        "TridentOrchestrator": word("status.status", ready="installed", failed="failed,error"),
    },
    "velero.io": {
        "Backup": _VELERO,
        "BackupStorageLocation": word(_PHASE, ready="available", failed="unavailable"),
        "Restore": _VELERO,
        "Schedule": word(_PHASE, ready="enabled", failed="failedvalidation"),
    },
}
