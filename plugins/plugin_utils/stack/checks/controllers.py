# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments and those who rule them: autoscalers, disruption budgets, deadlines, volumes.

The stack file is checked for the same; this is for what patches do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.rendered import (
    by_name,
    containers,
    dig,
    matches,
    of_kind,
    pod_labels,
    pods,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.scaling import (
    ONE_NODE,
    never,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
    Subject,
)

_SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")
_BOUNDS = {
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas"),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount"),
}


def autoscalers(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield autoscalers with turned bounds, without requests, or two of one workload."""
    scaled = Counter(_target(scaler) for scaler in of_kind(objects, *_SCALERS))
    for scaler in of_kind(objects, *_SCALERS):
        low, high = _BOUNDS[scaler["kind"]]
        least, most = dig(scaler, f"spec.{low}", 1), dig(scaler, f"spec.{high}", 1)
        if least > most:
            yield flaw(scaler, f"spec.{low}", f"at least {least}, but at most {most}")
        kind, name = target = _target(scaler)
        if scaled[target] > 1:
            yield flaw(scaler, "spec.scaleTargetRef", f"another one scales {kind}/{name} too")
        if thing := _find(objects, target):
            yield from _requests(scaler, thing)


def _requests(scaler: Object, thing: Object) -> Faults:
    spec = dig(thing, "spec.template.spec", {})
    for metric in dig(scaler, "spec.metrics", []):
        resource = dig(metric, "resource.name")
        by_percent = dig(metric, "resource.target.type") == "Utilization"
        for where, container in containers(spec):
            serves = where.startswith("containers") or container.get("restartPolicy") == "Always"
            if by_percent and serves and not dig(container, f"resources.requests.{resource}"):
                message = f"no {resource} request, and {scaler['kind']} reckons by it"
                yield flaw(thing, f"spec.template.spec.{where}.resources.requests", message)


def fixed_replicas(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield replicas beside an autoscaler: each deployment would undo what it chose."""
    scaled = {_target(scaler): scaler for scaler in of_kind(objects, *_SCALERS)}
    for thing in of_kind(objects, "Deployment", "StatefulSet"):
        scaler = scaled.get((thing["kind"], thing["metadata"]["name"]))
        if scaler and "replicas" in thing["spec"]:
            message = f"{scaler['kind']}/{scaler['metadata']['name']} decides how many run"
            yield flaw(thing, "spec.replicas", message, "Leave it out.")


def stuck_budgets(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield disruption budgets that never allow a disruption."""
    for budget in of_kind(objects, "PodDisruptionBudget"):
        selector = dig(budget, "spec.selector.matchLabels", {})
        for thing in of_kind(objects, "Deployment", "StatefulSet"):
            if not matches(selector, pod_labels(thing, "spec.template.spec")):
                continue
            for key in ("maxUnavailable", "minAvailable"):
                amount, replicas = budget["spec"].get(key), _least(objects, thing)
                if amount is not None and never(key, amount, replicas):
                    message = f"{amount} of {replicas} replicas never lets a pod go"
                    yield flaw(budget, f"spec.{key}", message, "Write maxUnavailable: 1.")


def deadlines(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield roll-outs that are given up before a slow start may be over."""
    for thing in of_kind(objects, "Deployment"):
        deadline = dig(thing, "spec.progressDeadlineSeconds", 600)
        for where, container in containers(dig(thing, "spec.template.spec", {})):
            probe = container.get("startupProbe", {})
            each, times = probe.get("periodSeconds", 10), probe.get("failureThreshold", 3)
            budget = probe.get("initialDelaySeconds", 0) + each * times
            if probe and budget > deadline:
                message = f"{where} may start for {budget} s, but the roll-out ends at {deadline} s"
                yield flaw(thing, "spec.progressDeadlineSeconds", message, "Give it more.")


def exclusive_volumes(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield Deployments whose pods would wait for each other's volume."""
    claims = by_name(objects, "PersistentVolumeClaim")
    for thing, path, spec in pods(of_kind(objects, "Deployment")):
        for volume in spec.get("volumes", []):
            claim = claims.get(dig(volume, "persistentVolumeClaim.claimName", ""), {})
            if not set(dig(claim, "spec.accessModes", [])) & set(ONE_NODE):
                continue
            at = f"{path}.volumes"
            if _most(objects, thing) > 1:
                yield flaw(thing, at, "several pods, but only one node can have the volume")
            elif dig(thing, "spec.strategy.type") != "Recreate":
                message = "the new pod waits for a volume that the old one keeps"
                yield flaw(thing, "spec.strategy", message, "Make it Recreate.")


def _target(scaler: Object) -> tuple[str, str]:
    found = dig(scaler, "spec.scaleTargetRef", {})
    return str(found.get("kind", "Deployment")), str(found.get("name", ""))


def _find(objects: Sequence[Object], target: tuple[str, str]) -> Object | None:
    return by_name(objects, target[0]).get(target[1])


def _bound(objects: Sequence[Object], thing: Object, which: int) -> Any:
    for scaler in of_kind(objects, *_SCALERS):
        if _target(scaler) == (thing["kind"], thing["metadata"]["name"]):
            return dig(scaler, f"spec.{_BOUNDS[scaler['kind']][which]}", 1)
    return dig(thing, "spec.replicas", 1)


def _least(objects: Sequence[Object], thing: Object) -> int:
    return int(_bound(objects, thing, 0))


def _most(objects: Sequence[Object], thing: Object) -> int:
    return int(_bound(objects, thing, 1))
