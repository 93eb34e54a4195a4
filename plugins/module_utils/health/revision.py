# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pods are of the revision that is being rolled out."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    annotation,
    integer,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    labels,
    metadata,
)

REVISION = "deployment.kubernetes.io/revision"
HASH = "controller-revision-hash"


def new_replica_set(deployment: Object, related: Related) -> Object | None:
    """Return the ReplicaSet that has the Deployment's revision, else its newest one."""
    sets = related.owned("ReplicaSet", deployment)
    wanted = annotation(deployment, REVISION)
    for one in sets:
        if wanted and annotation(one, REVISION) == wanted:
            return one
    return max(sets, key=_revision, default=None)


def of_deployment(deployment: Object, related: Related) -> list[Object]:
    """Return the pods of the Deployment's new ReplicaSet.

    With no ReplicaSet in sight, the pods that its selector matches.
    """
    newest = new_replica_set(deployment, related)
    return related.owned("Pod", newest or deployment)


def of_stateful_set(owner: Object, related: Related) -> list[Object]:
    """Return the pods that have ``status.updateRevision``."""
    return _of_hash(owner, related, status(owner).get("updateRevision"))


def of_daemon_set(owner: Object, related: Related) -> list[Object]:
    """Return the pods of the newest ControllerRevision, else of the newest pod's hash."""
    revisions = related.owned("ControllerRevision", owner)
    newest = max(revisions, key=lambda one: integer(one.get("revision")) or 0, default=None)
    if newest:
        return _of_hash(owner, related, labels(newest).get(HASH))
    pods = related.owned("Pod", owner)
    last = max(pods, key=_created, default=None)
    return _of_hash(owner, related, labels(last).get(HASH) if last else None)


def is_on_delete(owner: Object) -> bool:
    """Whether pods are replaced only when someone deletes them."""
    return (spec(owner).get("updateStrategy") or {}).get("type") == "OnDelete"


def _of_hash(owner: Object, related: Related, wanted: str | None) -> list[Object]:
    pods = related.owned("Pod", owner)
    return [pod for pod in pods if not wanted or labels(pod).get(HASH, wanted) == wanted]


def _revision(replica_set: Object) -> tuple[int, float]:
    return (integer(annotation(replica_set, REVISION)) or 0, _created(replica_set))


def _created(obj: Object) -> float:
    return seconds(metadata(obj).get("creationTimestamp")) or 0.0
