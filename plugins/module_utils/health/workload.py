# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Deployment, StatefulSet, DaemonSet and Job share: their verdict is explained by the pods
of the revision that is being rolled out. Old pods crash in peace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.slipway.stack.plugins.module_utils.health import pods as pod_reader
from ansible_collections.slipway.stack.plugins.module_utils.health import texts
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Peers,
    Status,
    Trouble,
    Verdict,
    progressing,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    evidence,
    is_true,
    said,
    seconds,
    since,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import (
    Related,
    event_time,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

ORDER = list(Category)


def explained(
    verdict: Verdict,
    pods: Sequence[Object],
    view: View,
    *,
    held: Iterable[Trouble] = (),
    without: frozenset[Category] = frozenset(),
) -> Verdict:
    """Add to a verdict what holds the workload up (`held`) and what its new pods say.

    without: classes of trouble that the workload's own controller judges.
    A ready verdict is doubted while a pod of it has just crashed: between two crashes a container
    without a readiness probe counts as available.
    """
    alive = [pod for pod in pods if not pod_reader.is_over(pod)]
    seen = [one for pod in alive for one in pod_reader.troubles(pod, view.related, view.now)]
    seen = [one for one in seen if one.category not in without]
    evicted = [one for pod in pods if (one := pod_reader.eviction(pod))]
    found = sorted(
        [*held, *seen, *verdict.troubles, *evicted], key=lambda one: ORDER.index(one.category)
    )
    peers = Peers(len(alive), sum(pod_reader.is_ready(pod) for pod in alive))
    if verdict.status is Status.READY:
        return _doubted(verdict, found, peers)
    if verdict.status is not Status.PROGRESSING:
        return verdict
    words = _words(found, alive, view.related)
    is_more = words and words != verdict.message
    message = f"{verdict.message} ({words})" if is_more else verdict.message
    reason = found[0].reason if found else verdict.reason
    return verdict._replace(reason=reason, message=message, troubles=tuple(found), peers=peers)


def _doubted(verdict: Verdict, found: list[Trouble], peers: Peers) -> Verdict:
    crashed = [one for one in found if one.category is Category.CRASH]
    if not crashed:
        return verdict
    clause = f"container {crashed[0].container} has just crashed: {crashed[0].message}"
    return progressing("JustCrashed", clause, *crashed)._replace(peers=peers)


def not_created(obj: Object, view: View) -> list[Trouble]:
    """Return why pods of `obj` are refused: its ReplicaFailure condition, else its last event.

    The controller tries again ever more rarely, so a refusal from before our apply is believed at
    once only if an event shows that it was repeated since.
    """
    event = _last_attempt(obj, view)
    refused = condition(conditions(obj), "ReplicaFailure")
    if is_true(refused):
        trouble = _refusal(obj, said(refused), evidence(obj, refused), since(refused))
        is_old = (trouble.since or view.applied_at) < view.applied_at
        repeated = event and event_time(event) >= view.applied_at
        return [
            trouble._replace(category=Category.ADMISSION) if is_old and not repeated else trouble
        ]
    until = event_time(event) + pod_reader.EVENT_IS_FRESH_S if event else 0.0
    if not event or view.now >= until:
        return []
    text = str(event.get("message") or "")
    seen = Evidence(f"{ref(obj)}, event", f"FailedCreate: {text}")
    refusal = _refusal(obj, text, seen, seconds(event.get("firstTimestamp")))
    return [refusal._replace(until=until)]


def _last_attempt(obj: Object, view: View) -> Object | None:
    """Return the event of the last refused pod, None if a later one was created."""
    for event in view.related.events(obj):
        if event.get("reason") == "SuccessfulCreate":
            return None
        if event.get("reason") == "FailedCreate":
            return event
    return None


def _refusal(obj: Object, text: str, seen: Evidence, began: float | None) -> Trouble:
    category, reason = texts.refused_pods(text)
    uid = str(metadata(obj).get("uid") or "")
    clause = f"its pods are refused: {text}"
    return Trouble(category, reason, clause, uid=uid, since=began, evidence=(seen,))


def _words(found: Sequence[Trouble], alive: Sequence[Object], related: Related) -> str:
    if found:
        return found[0].message
    waiting = [pod for pod in alive if not pod_reader.is_ready(pod)]
    return pod_reader.activity(waiting[0], related) if waiting else ""
