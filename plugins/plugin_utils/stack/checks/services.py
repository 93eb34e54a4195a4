# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services whose traffic would find no container, and doors past the ingress."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.rendered import (
    Spec,
    containers,
    matches,
    of_kind,
    pod_labels,
    pods,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
    Subject,
)

Labels = dict[str, str]


def target_ports(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield Services that select no pod, or send to a port that no container opens."""
    made = _by_label(objects)
    for service in of_kind(objects, "Service"):
        selector = service.get("spec", {}).get("selector")
        if not selector:
            continue
        likely = min((made.get(label, []) for label in selector.items()), key=len)
        chosen = [spec for labels, spec in likely if matches(selector, labels)]
        if not chosen and _of_pods(service):
            message = "no pod has these labels"
            yield flaw(service, "spec.selector", message, "Correct the selector or the labels.")
        for spec in chosen:
            yield from _closed(service, _opened(spec))


def _by_label(objects: Sequence[Object]) -> dict[tuple[str, str], list[tuple[Labels, Spec]]]:
    # Comparing each Service with each pod takes four times as long for twice the workloads.
    found: dict[tuple[str, str], list[tuple[Labels, Spec]]] = {}
    for thing, path, spec in pods(objects):
        labels = pod_labels(thing, path)
        for label in labels.items():
            found.setdefault(label, []).append((labels, spec))
    return found


def _of_pods(service: Object) -> bool:
    # What an operator runs has its pods elsewhere.
    labels = service["metadata"].get("labels", {})
    return labels.get("app.kubernetes.io/component") in ("workload", "datastore")


def _closed(service: Object, opened: dict[str, int]) -> Faults:
    for index, port in enumerate(service["spec"].get("ports", [])):
        target = port.get("targetPort", port.get("port"))
        if target in opened or target in opened.values():
            continue
        fix = nearest(str(target), opened).strip() or f"Opened are: {_shown(opened)}."
        path = f"spec.ports[{index}].targetPort"
        yield flaw(service, path, f'no container opens the port "{target}"', fix)


def _opened(spec: Spec) -> dict[str, int]:
    return {
        str(port.get("name", port.get("containerPort"))): port.get("containerPort")
        for _path, container in containers(spec)
        for port in container.get("ports", [])
    }


def _shown(opened: dict[str, int]) -> str:
    return ", ".join(f"{name} ({port})" for name, port in opened.items()) or "none"


def doors(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield ports of nodes: they pass by the ingress and its TLS, and two stacks collide there."""
    for service in of_kind(objects, "Service"):
        for index, port in enumerate(service["spec"].get("ports", [])):
            if "nodePort" in port:
                path, fix = f"spec.ports[{index}].nodePort", "Use a route."
                yield flaw(service, path, f"port {port['nodePort']} of every node", fix)
    for thing, path, spec in pods(objects):
        if spec.get("hostNetwork"):
            yield flaw(thing, f"{path}.hostNetwork", "the node's network", "Use a Service.")
        for where, container in containers(spec):
            for index, port in enumerate(container.get("ports", [])):
                if port.get("hostPort"):
                    at = f"{path}.{where}.ports[{index}].hostPort"
                    yield flaw(thing, at, f"port {port['hostPort']} of the node", "Use a Service.")
