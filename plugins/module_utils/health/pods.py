# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one pod: everything that is wrong with it, and what it is busy with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health import texts
from ansible_collections.slipway.stack.plugins.module_utils.health.containers import (
    Container,
    containers,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.containers import (
    trouble as container_trouble,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    evidence,
    is_false,
    is_true,
    said,
    since,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import (
    Related,
    event_time,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes

# cluster-autoscaler: TriggeredScaleUp; Karpenter: Nominated; GKE and others keep to the first.
SCALING_UP = {"TriggeredScaleUp", "Nominated"}
NOT_SCALING_UP = "NotTriggerScaleUp"
# The kubelet repeats a failing mount at least every two minutes.
EVENT_IS_FRESH_S = 150


def is_ready(pod: Object) -> bool:
    """Whether the pod serves."""
    return is_true(condition(conditions(pod), "Ready")) and not is_terminating(pod)


def is_terminating(pod: Object) -> bool:
    """Whether it was asked to end."""
    return bool(metadata(pod).get("deletionTimestamp"))


def is_over(pod: Object) -> bool:
    """Whether it has ended; an evicted or preempted pod is replaced by its controller."""
    return status(pod).get("phase") in ("Succeeded", "Failed")


def eviction(pod: Object) -> Trouble | None:
    """Return why the kubelet has thrown the pod out, None if it has not."""
    if status(pod).get("reason") != "Evicted":
        return None
    message = str(status(pod).get("message") or "its node ran short of something").strip()
    seen = Evidence(str(ref(pod)), f"Evicted: {message}")
    return _trouble(
        pod, Category.WAITING, "Evicted", f"pod {ref(pod).name} was evicted: {message}", seen
    )


def troubles(pod: Object, related: Related, now: float) -> list[Trouble]:
    """Return what is wrong with a pod that should become ready, the cause first."""
    if is_over(pod) or is_terminating(pod):
        return []
    events = related.events(pod)
    pull_error = _newest(events, "Failed", "pull image")
    found = [
        trouble
        for one in containers(pod)
        if (trouble := container_trouble(one, now, pull_error=pull_error))
    ]
    found += [*_not_placed(pod, events, related), *_not_mounted(pod, events, now)]
    if not found and not is_ready(pod):
        found += _not_ready(pod, events)
    return found


def activity(pod: Object, related: Related) -> str:
    """Return in a few words what a pod that is not ready is busy with."""
    placed = condition(conditions(pod), "PodScheduled")
    if is_terminating(pod):
        disrupted = condition(conditions(pod), "DisruptionTarget")
        return f"ending: {said(disrupted)}" if is_true(disrupted) else "ending"
    if placed.get("reason") == "SchedulingGated":
        return "held back by a scheduling gate"
    if not spec(pod).get("nodeName") and not is_true(placed):
        return "waiting for a node"
    for one in containers(pod):
        if words := _doing(one, related):
            return words
    return "waiting to be called ready"


def _doing(one: Container, related: Related) -> str:
    if one.waiting.get("reason") == "CrashLoopBackOff":
        return "waiting to start again after a crash"
    has_begun = one.runs_on and one.status.get("started") is True  # a sidecar holds up nobody then
    if one.init and one.running is not None and not has_begun:
        return f"init container {one.name} runs"
    if one.waiting or not one.status.get("state"):
        events = related.events(one.pod)
        return "pulling image" if _is_pulling(events) else "creating containers"
    if one.running is not None and one.status.get("started") is False:
        return "starting"
    return ""


def _is_pulling(events: list[Object]) -> bool:
    said = next((e.get("reason") for e in events if e.get("reason") in ("Pulling", "Pulled")), "")
    return said == "Pulling"


def _not_placed(pod: Object, events: list[Object], related: Related) -> Iterator[Trouble]:
    placed = condition(conditions(pod), "PodScheduled")
    if not is_false(placed) or placed.get("reason") == "SchedulingGated":
        return
    message = str(placed.get("message") or "the scheduler finds no node")
    category, reason = Category.PLACEMENT, "Unschedulable"
    clause = f"no node takes it: {message}"
    if missing := texts.missing_object(message):
        category, reason, clause = Category.REFERENCE, "MissingReference", missing
    elif answer := _newest_of(events, SCALING_UP | {NOT_SCALING_UP}):
        if answer["reason"] == NOT_SCALING_UP:
            clause = f"{clause}; the autoscaler adds none: {answer.get('message')}"
        else:
            category, clause = Category.WAITING, f"waiting for a new node: {message}"
    yield _trouble(pod, category, reason, clause, evidence(pod, placed), since(placed))


def _not_mounted(pod: Object, events: list[Object], now: float) -> Iterator[Trouble]:
    """Say what a pod cannot mount; only events tell, so they must be fresh."""
    if any(one.running is not None or one.restarts for one in containers(pod)):
        return
    for event in events:
        if event.get("reason") not in ("FailedMount", "FailedAttachVolume"):
            continue
        until = event_time(event) + EVENT_IS_FRESH_S
        if now >= until:
            return
        message = str(event.get("message") or "")
        seen = Evidence(f"{ref(pod)}, event", f"{event['reason']}: {message}")
        if missing := texts.missing_object(message):
            found = _trouble(pod, Category.REFERENCE, "MissingReference", missing, seen)
        else:
            clause = f"a volume cannot be mounted: {message}"
            found = _trouble(pod, Category.WAITING, "VolumeNotMounted", clause, seen)
        yield found._replace(until=until)
        return


def _not_ready(pod: Object, events: list[Object]) -> Iterator[Trouble]:
    """Name the lost node, or the probe that is not passed; only the deadline fails either."""
    if events and events[0].get("reason") == "NodeNotReady":
        clause = f"its node {spec(pod).get('nodeName')} does not answer"
        seen = Evidence(f"{ref(pod)}, event", f"NodeNotReady: {events[0].get('message')}")
        yield _trouble(pod, Category.WAITING, "NodeLost", clause, seen)
        return
    for one in containers(pod):
        if one.running is None or one.status.get("ready") is not False:
            continue
        which = "startup" if one.status.get("started") is False else "readiness"
        probe = one.spec.get(f"{which}Probe")
        if not isinstance(probe, dict):
            continue
        last = _newest(events, "Unhealthy", f"{which.capitalize()} probe failed")
        answer = redact_shapes(last.partition("probe failed: ")[2]) or "it has not passed yet"
        clause = f"runs, but its {which} probe ({probe_text(probe)}) fails: {answer.strip()}"
        seen = Evidence(f"{ref(pod)}, container {one.name}", redact_shapes(last) or "no event yet")
        yield _trouble(pod, Category.WAITING, "ProbeFails", clause, seen, container=one.name)


def probe_text(probe: dict[str, Any]) -> str:
    """Return ``GET :8080/healthz``, ``tcp :5432``, ``exec pg_isready -q``."""
    if http := probe.get("httpGet"):
        return f"GET :{http.get('port')}{http.get('path') or '/'}"
    if tcp := probe.get("tcpSocket"):
        return f"tcp :{tcp.get('port')}"
    if grpc := probe.get("grpc"):
        return f"grpc :{grpc.get('port')}"
    command = (probe.get("exec") or {}).get("command") or []
    return f"exec {' '.join(map(str, command))}"


def _newest_of(events: Iterable[Object], reasons: Set[str]) -> Object | None:
    return next((event for event in events if event.get("reason") in reasons), None)


def _newest(events: Iterable[Object], reason: str, words: str) -> str:
    return next(
        (
            str(event.get("message"))
            for event in events
            if event.get("reason") == reason and words in str(event.get("message"))
        ),
        "",
    )


def _trouble(
    pod: Object,
    category: Category,
    reason: str,
    clause: str,
    seen: Evidence,
    since: float | None = None,
    *,
    container: str = "",
) -> Trouble:
    uid = str(metadata(pod).get("uid") or "")
    return Trouble(category, reason, clause, ref(pod).name, container, uid, since, evidence=(seen,))
