# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scale: autoscalers that cannot work, budgets that stop every drain, volumes that only one has."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
)

ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")
_SERVING = ("Deployment", "StatefulSet")


def autoscalers(subject: Subject) -> Faults:
    """Yield autoscalers whose bounds are turned, or that have nothing to reckon by."""
    for name, workload in subject.section("workloads").items():
        scale, path = fields(find(workload, ("scale",))), ("workloads", name)
        if "max" not in scale:
            continue
        yield from _bounds(path, scale)
        for amount in scale.keys() & {"cpu", "memory"}:
            if find(workload, ("resources", "requests", amount)) is None:
                message = f"a percentage of the {amount} request, but there is no such request"
                fix = f"Give it `resources: {{requests: {{{amount}: …}}}}`."
                yield Fault((*path, "scale", amount), message, scale[amount].mark, fix)


def _bounds(path: Path, scale: dict[str, Node]) -> Faults:
    least, most = _number(scale.get("min"), 1), _number(scale["max"], 1)
    if least > most:
        message = f"at least {least}, but at most {most}"
        yield Fault((*path, "scale", "max"), message, scale["max"].mark, "Turn them round.")


def stuck_budgets(subject: Subject) -> Faults:
    """Yield disruption budgets that never allow a disruption: no node could be drained."""
    for name, workload in subject.section("workloads").items():
        budget = fields(find(workload, ("budget",)))
        for key, node in budget.items():
            if never(key, node.value, least(workload)):
                message = f"with {least(workload)} replicas this never lets a pod go"
                fix = "Write `max_unavailable: 1`, or run one more."
                yield Fault(("workloads", name, "budget", key), message, node.mark, fix)


def never(key: str, amount: Any, replicas: int) -> bool:
    """Whether a budget never allows a disruption. key: as in the stack file or in Kubernetes."""
    text = str(amount)
    if "max" in key:
        return text in ("0", "0%")
    return text == "100%" or (text.isdigit() and int(text) >= replicas > 0)


def exclusive_volumes(subject: Subject) -> Faults:
    """Yield volumes that one node has, in a Deployment whose pods may be on two."""
    for name, workload in subject.section("workloads").items():
        if subject.text("workloads", name, "kind") not in ("", "Deployment"):
            continue
        for volume, node in fields(fields(workload).get("volumes")).items():
            claim = fields(node).get("claim")
            access = fields(claim).get("access")
            if claim is not None and (access is None or access.value in ONE_NODE):
                path = ("workloads", name, "volumes", volume, "claim")
                yield from _shared(path, claim, workload)


def _shared(path: Path, claim: Node, workload: Node) -> Faults:
    strategy = find(workload, ("strategy",))
    if most(workload) > 1:
        message = f"only one node can have this volume, but up to {most(workload)} pods run"
        fix = "Make it a StatefulSet, a singleton, or `access: ReadWriteMany`."
        yield Fault(path, message, claim.mark, fix)
    elif strategy is not None and "recreate" not in fields(strategy):
        message = "the new pod waits for a volume that the old one keeps"
        yield Fault((*path[:2], "strategy"), message, strategy.mark, "Write `{recreate: true}`.")


def connections(subject: Subject) -> Faults:
    """Yield databases that their clients' pools would fill up."""
    for name, store in subject.section("datastores").items():
        limit = find(store, ("max_connections",)) or find(store, ("conf", "max_connections"))
        external = subject.text("datastores", name, "driver") == "external"
        if subject.text("datastores", name, "type") != "postgres" or (external and not limit):
            continue
        pools = list(_pools(subject, name))
        wanted, possible = sum(count * size for _name, count, size in pools), _number(limit, 100)
        if wanted > possible - _RESERVED:
            sums = " + ".join(f"{user} {count} * {size}" for user, count, size in pools)
            message = (
                f"{sums} = {wanted} connections, but there are {possible}, {_RESERVED} of them"
                " for the administrator"
            )
            mark = limit.mark if limit else store.mark
            fix = "Raise max_connections, or lower `pool` or `scale`."
            yield Fault(("datastores", name, "max_connections"), message, mark, fix)


# superuser_reserved_connections: https://www.postgresql.org/docs/current/runtime-config-connection.html
_RESERVED = 3


def _pools(subject: Subject, store: str) -> list[tuple[str, int, int]]:
    users = {edge.source for edge in subject.edges if edge.target == ("datastores", store)}
    found = []
    for name, workload in subject.section("workloads").items():
        size = find(workload, ("pool", "max"))
        if size is not None and ("workloads", name) in users:
            found.append((name, most(workload), _number(size, 0)))
    return found


def least(workload: Node) -> int:
    """Return how few of a workload run when all is well."""
    scale = fields(find(workload, ("scale",)))
    return 1 if "singleton" in scale else _number(scale.get("min") or scale.get("replicas"), 1)


def most(workload: Node) -> int:
    """Return how many of a workload run at most."""
    scale = fields(find(workload, ("scale",)))
    return 1 if "singleton" in scale else _number(scale.get("max") or scale.get("replicas"), 1)


def serving(workload: Node) -> bool:
    """Whether it runs all the time."""
    kind = find(workload, ("kind",))
    return kind is None or kind.value in _SERVING


def _number(node: Node | None, otherwise: int) -> int:
    text = str(node.value) if node is not None else ""
    return int(text) if text.isdigit() else otherwise
