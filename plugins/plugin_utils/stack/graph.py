# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The graph of a stack: who refers to whom, and in which order that lets them start.

References order workloads softly: two services that know each other's URL are lawful, and
Kubernetes starts them in any order. What `needs` says is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
    find,
    mark_at,
    walk,
)

Entity = tuple[str, str]

# section, where one of its entities names another, the other's section
_LINKS = (
    ("routes", ("to",), "workloads"),
    ("migrations", ("database",), "datastores"),
    ("workloads", ("egress", "*"), "external"),
    ("workloads", ("volumes", "*", "secret"), "secrets"),
)


class Edge(NamedTuple):
    """One entity refers to another; `path` and `mark` say where. hard: by `needs`."""

    source: Entity
    target: Entity
    path: Path
    mark: Mark
    hard: bool = False


class Order(NamedTuple):
    """workload → what must be there before it, in the order of the stack file.

    after: workloads that it refers to or needs. needs: of these, the ones that it waits for.
    """

    after: dict[str, list[str]]
    needs: dict[str, list[str]]
    migrations: dict[str, list[str]]
    findings: list[Finding]


def order(tree: Node, references: Iterable[Edge]) -> Order:
    """Return what each workload waits for, and the cycles."""
    edges = [*references, *_needs(tree)]
    kept, findings = _acyclic([edge for edge in edges if _between_workloads(edge)])
    hard = [edge for edge in kept if edge.hard]
    return Order(_targets(tree, kept), _targets(tree, hard), _migrations(tree, edges), findings)


def _targets(tree: Node, edges: list[Edge]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {name: {} for name in _names(tree, "workloads")}
    for edge in edges:
        found[edge.source[1]][edge.target[1]] = None
    return {name: list(targets) for name, targets in found.items()}


def links(tree: Node, references: Iterable[Edge], ordered: Order) -> list[Edge]:
    """Return every edge of the stack, those too that order nothing: what a picture shows."""
    gates = (
        Edge(("workloads", name), ("migrations", gate), ("workloads", name), mark_at(tree, path))
        for name, needed in ordered.migrations.items()
        for gate in needed
        for path in [("workloads", name)]
    )
    found = [*references, *_needs(tree), *_named(tree), *gates]
    return [edge for edge in found if find(tree, edge.target) is not None]


def _named(tree: Node) -> Iterator[Edge]:
    """What entities name without a reference: a route's workload, a migration's database, ..."""
    for section, pattern, target in _LINKS:
        for name, entity in fields(find(tree, (section,))).items():
            named = find(entity, pattern[:1])
            for path, node in walk(named, pattern[:1]) if named else ():
                if len(path) == len(pattern) and all(map(_fits, pattern, path)):
                    end = (target, str(node.value))
                    yield Edge((section, name), end, (section, name, *path), node.mark)


def _fits(wanted: str, step: str | int) -> bool:
    return wanted in ("*", step)


def _needs(tree: Node) -> Iterator[Edge]:
    sections = {name: key for key in ("migrations", "workloads") for name in _names(tree, key)}
    for name, workload in fields(find(tree, ("workloads",))).items():
        for needed, node in fields(fields(workload).get("needs")).items():
            if needed in sections:
                path = ("workloads", name, "needs", needed)
                target = (sections[needed], needed)
                yield Edge(("workloads", name), target, path, node.mark, hard=True)


def _migrations(tree: Node, edges: list[Edge]) -> dict[str, list[str]]:
    pre: dict[str, list[str]] = {}
    for name, migration in fields(find(tree, ("migrations",))).items():
        phase, database = (fields(migration).get(key) for key in ("phase", "database"))
        if database is not None and (phase is None or phase.value == "pre"):
            pre.setdefault(str(database.value), []).append(name)
    found: dict[str, dict[str, None]] = {name: {} for name in _names(tree, "workloads")}
    for edge in edges:
        section, name = edge.target
        if edge.source[0] == "workloads" and section in ("datastores", "migrations"):
            needed = pre.get(name, []) if section == "datastores" else [name]
            found[edge.source[1]].update(dict.fromkeys(needed))
    return {name: list(needed) for name, needed in found.items()}


def _acyclic(edges: list[Edge]) -> tuple[list[Edge], list[Finding]]:
    findings: list[Finding] = []
    while circle := _circle(edges):
        soft = [edge for edge in circle if not edge.hard]
        if len(soft) in (0, len(circle)):
            findings.append(_complaint(circle))
        dropped = {(edge.source, edge.target, edge.hard) for edge in soft or circle}
        edges = [e for e in edges if (e.source, e.target, e.hard) not in dropped]
    return edges, findings


def _circle(edges: list[Edge]) -> list[Edge]:
    sorter: TopologicalSorter[Entity] = TopologicalSorter()
    by_ends: dict[tuple[Entity, Entity], Edge] = {}
    for edge in edges:
        sorter.add(edge.source, edge.target)
        known = by_ends.get((edge.source, edge.target))
        if known is None or edge.hard:
            by_ends[edge.source, edge.target] = edge
    try:
        sorter.prepare()
    except CycleError as error:
        nodes: list[Entity] = error.args[1][::-1]
        return [by_ends[pair] for pair in pairwise(nodes)]
    return []


def _complaint(circle: list[Edge]) -> Finding:
    first = min(range(len(circle)), key=lambda index: circle[index].source)
    turned = circle[first:] + circle[:first]
    way = " → ".join([edge.source[1] for edge in [*turned, turned[0]]])
    edge = turned[0]
    if edge.hard:
        message, fix = f"workloads wait for each other: {way}", "Remove one of these needs."
        return Finding("cycle", edge.path, message, edge.mark, fix)
    message = f"workloads refer to each other: {way}"
    fix = "They are started at the same time; say in `needs` who comes first."
    return Finding("cycle", edge.path, message, edge.mark, fix, Level.WARNING)


def _between_workloads(edge: Edge) -> bool:
    return edge.source[0] == edge.target[0] == "workloads"


def _names(tree: Node, section: str) -> Iterable[str]:
    return fields(find(tree, (section,)))
