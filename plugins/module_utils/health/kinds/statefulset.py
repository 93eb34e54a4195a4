# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StatefulSet: ready when all its pods are, at the update revision down to the partition.

Source: kubectl's rollout status for StatefulSets; kubernetes.io/docs, "Rolling out partitions".
"""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health import pods as pod_reader
from ansible_collections.slipway.stack.plugins.module_utils.health import revision, workload
from ansible_collections.slipway.stack.plugins.module_utils.health.claims import blocked_claims
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Trouble,
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import count, spec, status
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

BEFORE = (
    "It is of the revision before, and is replaced only when it is ready (OrderedReady): "
    "delete the pod, its volume stays"
)


def stateful_set(obj: Object, view: View) -> Verdict:
    """Judge a StatefulSet by its counts, then explain it by the pods of its update revision."""
    related = view.related
    on_delete = revision.is_on_delete(obj)
    pods = related.owned("Pod", obj) if on_delete else revision.of_stateful_set(obj, related)
    held = workload.not_created(obj, view) + blocked_claims(pods, view)
    held += _in_the_way(obj, pods, view)
    return workload.explained(_counts(obj), pods, view, held=held)


def _in_the_way(obj: Object, new: list[Object], view: View) -> list[Trouble]:
    """Return what is wrong with older pods that would be replaced if only they were ready.

    new: the pods that are not to be replaced.
    Source: kubernetes.io/docs, "Forced rollback"; kubernetes/kubernetes#67250.
    """
    in_order = spec(obj).get("podManagementPolicy", "OrderedReady") == "OrderedReady"
    if not in_order or _partition(obj):
        return []
    old = [pod for pod in view.related.owned("Pod", obj) if pod not in new]
    return [
        one._replace(message=f"{one.message}. {BEFORE}")
        for pod in old
        for one in pod_reader.troubles(pod, view.related, view.now)
    ]


def _counts(obj: Object) -> Verdict:
    want, have = count(spec(obj), "replicas", 1), status(obj)
    if not have:
        return progressing("NotObserved", "no status yet")
    total, at_work = count(have, "replicas"), count(have, "readyReplicas")
    available = count(have, "availableReplicas", at_work)
    if at_work < want:
        return progressing("NotReady", f"{at_work}/{want} ready")
    if available < want:
        return progressing("NotAvailable", f"{available}/{want} available")
    if total > want:
        return progressing("ScalingDown", f"{total - want} more than the {want} wanted")
    if revision.is_on_delete(obj):
        return ready(f"{want}/{want} ready; new pods only when old ones are deleted (OnDelete)")
    return _revision(obj, want)


def _revision(obj: Object, want: int) -> Verdict:
    have = status(obj)
    updated = count(have, "updatedReplicas", want if _is_settled(have) else 0)
    partition = _partition(obj)
    if updated < want - partition:
        return progressing("RollingOut", f"{updated}/{want - partition} updated")
    if partition:
        return ready(f"{want}/{want} ready, {updated} updated (partition {partition})")
    if not _is_settled(have):
        return progressing("RollingOut", "the update revision is not the current one yet")
    if "updatedReplicas" not in have and count(have, "currentReplicas", want) < want:
        return progressing("RollingOut", f"{have['currentReplicas']}/{want} current")
    return ready(f"{want}/{want} ready")


def _is_settled(have: dict[str, object]) -> bool:
    return have.get("currentRevision") == have.get("updateRevision")


def _partition(obj: Object) -> int:
    rolling = (spec(obj).get("updateStrategy") or {}).get("rollingUpdate") or {}
    return count(rolling, "partition")
