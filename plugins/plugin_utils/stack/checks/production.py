# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preset production does not accept: it may run, but nobody should depend on it."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.scaling import (
    least,
    serving,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    fields,
    find,
)


def strict(subject: Subject) -> Faults:
    """Yield what belongs to a test cluster."""
    if subject.text("preset") != "production":
        return
    yield from _plain_http(subject)
    yield from _secrets(subject)
    yield from _datastores(subject)
    yield from _single(subject)


def _plain_http(subject: Subject) -> Faults:
    ingress = subject.head["ingress"]
    if subject.section("routes") and ingress["driver"] != "none" and ingress["scheme"] == "http":
        node = find(subject.tree, ("ingress", "scheme")) or find(subject.tree, ("ingress",))
        message, fix = "routes are served without TLS", "Write `scheme: https`."
        yield Fault(("ingress", "scheme"), message, node.mark if node else None, fix)


def _secrets(subject: Subject) -> Faults:
    for name, group in subject.section("secrets").items():
        if subject.text("secrets", name, "driver") == "generated":
            message = "generated values are kept nowhere but in this cluster"
            fix = "Choose `driver: given`, `existing` or `external-secrets`."
            mark = _mark(group, "driver")
            yield Fault(("secrets", name, "driver"), message, mark, fix)


def _datastores(subject: Subject) -> Faults:
    for name, store in subject.section("datastores").items():
        if subject.text("datastores", name, "driver") == "container":
            message = "a single container has no replica and no backup"
            fix = "Choose `driver: operator` or `driver: external`."
            mark = _mark(store, "driver")
            yield Fault(("datastores", name, "driver"), message, mark, fix)


def _single(subject: Subject) -> Faults:
    for name, workload in subject.section("workloads").items():
        if serving(workload) and least(workload) == 1 and not _only_one(workload):
            message = "one replica: each roll-out of a node interrupts it"
            fix = "Run two, or say `singleton: true` if there must not be two."
            mark = _mark(workload, "scale")
            yield Fault(("workloads", name, "scale"), message, mark, fix)


def _only_one(workload: Node) -> bool:
    scale = fields(find(workload, ("scale",)))
    return "singleton" in scale or ("max" in scale and scale["max"].value == 1)


def _mark(entity: Node, key: str) -> Mark:
    """Nobody can mend a preset: what it chose is told at the entity."""
    node = fields(entity).get(key)
    built_in = node is None or node.mark.layer in ("default", "preset")
    return entity.mark if built_in or node is None else node.mark
