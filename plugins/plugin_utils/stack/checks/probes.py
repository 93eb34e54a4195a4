# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes: whom they ask, and how long a start may take."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    opened,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
)

_PORT_KEYS = ("port", "tcp", "grpc")
_PROBES = ("live", "ready", "startup")
_HANDLERS = frozenset(("path", "exec", "tcp", "grpc"))


def ports(subject: Subject) -> Faults:
    """Yield probes of ports that no container of the workload opens, and such that ask nothing."""
    for name, workload in subject.section("workloads").items():
        health, path = find(workload, ("health",)), ("workloads", name, "health")
        yield from _closed(path, health, opened(workload))
        yield from _idle(path, health)


def _closed(path: Path, health: Node | None, known: dict[str, Node]) -> Faults:
    for where in ((), *((probe,) for probe in _PROBES)):
        for key in _PORT_KEYS:
            node = find(health, (*where, key))
            if node is not None and node.value not in known:
                yield unknown((*path, *where, key), node, known, "port")


def _idle(path: Path, health: Node | None) -> Faults:
    for probe in ("live", "ready"):
        node = find(health, (probe,))
        if node is None:
            continue
        if not fields(node).keys() & _HANDLERS:
            yield Fault((*path, probe), "nothing to ask", node.mark, "Give it a path.")
        elif "path" in fields(node) and not (fields(node) | fields(health)).get("port"):
            fix = "Say which: `health: {port: http}`."
            yield Fault((*path, probe), "no port to ask", node.mark, fix)
            return
