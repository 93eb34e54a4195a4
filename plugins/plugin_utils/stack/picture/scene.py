# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the picture of a stack shows: its parts as boxes, who refers to whom as lines.

From left to right: routes, workloads by who calls whom, migrations, what they stand on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Edge, Entity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.layout import (
    Box,
    Place,
    layout,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.words import label
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import dotted

# section → what one of its entities is called, in the order of the page
SECTIONS = {
    "routes": "route",
    "workloads": "workload",
    "migrations": "migration",
    "datastores": "datastore",
    "external": "external host",
    "secrets": "group of secrets",
}
_STANDS_ON = ("datastores", "external", "secrets")
BOX_HEIGHT = 46.0
_NARROW, _WIDE, _PER_LETTER = 120.0, 270.0, 6.9


@dataclass(frozen=True, slots=True)
class Part:
    """One entity. `errors` and `warnings` count the findings below it."""

    entity: Entity
    title: str
    subtitle: str
    enabled: bool
    errors: int
    warnings: int

    @property
    def name(self) -> str:
        """The entity as a dotted path, which is its place on the page."""
        return dotted(self.entity)


@dataclass(frozen=True, slots=True)
class Line:
    """All edges between two parts. `kind` names its look, `places` says where they are written."""

    source: Entity
    target: Entity
    kind: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line as it is drawn, from left to right; turned: its target is the left end."""

    line: Line
    places: list[Place]
    turned: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """The picture of a stack; `places` has the place of each part by its name."""

    parts: list[Part]
    places: dict[str, Place]
    strokes: list[Stroke]
    width: float
    height: float


def scene(spec: Mapping[str, Any], edges: Iterable[Edge], findings: Sequence[Finding]) -> Scene:
    """Lay out a stack. spec: the merged stack as plain values; edges: see graph.links."""
    parts = [
        _part((section, name), entity, spec, findings)
        for section in SECTIONS
        for name, entity in (spec.get(section) or {}).items()
        if isinstance(entity, dict)
    ]
    lines = _lines(edges, {part.entity for part in parts})
    columns = _columns([part.entity for part in parts], lines)
    boxes = [Box(part.name, columns[part.entity], _width(part), BOX_HEIGHT) for part in parts]
    turned = [columns[line.source] > columns[line.target] for line in lines]
    ends = [(dotted(line.source), dotted(line.target)) for line in lines]
    ways = [way[::-1] if back else way for way, back in zip(ends, turned, strict=True)]
    drawing = layout(boxes, ways)
    strokes = list(map(Stroke, lines, drawing.lines, turned))
    return Scene(parts, drawing.places, strokes, drawing.width, drawing.height)


def _part(
    entity: Entity, value: Mapping[str, Any], spec: Mapping[str, Any], findings: Sequence[Finding]
) -> Part:
    title, subtitle = label(entity, value, spec)
    below = [str(one.level) for one in findings if one.path[:2] == entity]
    enabled = value.get("enabled") is not False
    return Part(entity, title, subtitle, enabled, below.count("error"), below.count("warning"))


def _width(part: Part) -> float:
    letters = max(len(part.title) * 1.08, len(part.subtitle) * 0.86)
    return min(_WIDE, max(_NARROW, 40 + letters * _PER_LETTER))


def _lines(edges: Iterable[Edge], known: set[Entity]) -> list[Line]:
    between: dict[tuple[Entity, Entity], list[Edge]] = {}
    for edge in edges:
        if edge.source in known and edge.target in known and edge.source != edge.target:
            between.setdefault((edge.source, edge.target), []).append(edge)
    return [
        Line(*ends, _kind(*ends, found), tuple(dict.fromkeys(map(_place, found))))
        for ends, found in between.items()
    ]


def _kind(source: Entity, target: Entity, edges: Sequence[Edge]) -> str:
    if target[0] == "migrations" or all(edge.hard for edge in edges):
        return "waits"
    return {"routes": "mentions", "secrets": "secret", "external": "egress"}.get(
        target[0], "route" if source[0] == "routes" else "uses"
    )


def _place(edge: Edge) -> str:
    return f"{dotted(edge.path)} ({edge.mark})"


def _columns(entities: Sequence[Entity], lines: Sequence[Line]) -> dict[Entity, int]:
    calls = [line for line in lines if line.source[0] == line.target[0] == "workloads"]
    depth = _depths([entity for entity in entities if entity[0] == "workloads"], calls)
    deepest = max(depth.values(), default=0)
    rank = {
        entity: 0 if entity[0] == "routes"
        else 1 + depth[entity] if entity in depth
        else deepest + 2 + (entity[0] in _STANDS_ON)
        for entity in entities
    }  # fmt: skip
    used = {value: at for at, value in enumerate(sorted(set(rank.values())))}
    return {entity: used[value] for entity, value in rank.items()}


def _depths(workloads: Sequence[Entity], calls: Sequence[Line]) -> dict[Entity, int]:
    """Return how many callers deep each workload is; workloads of a circle stand side by side."""
    callers: dict[Entity, set[Entity]] = {entity: set() for entity in workloads}
    for line in calls:
        callers[line.target].add(line.source)
    while True:
        try:
            order = list(TopologicalSorter(callers).static_order())
            break
        except CycleError as error:
            circle = error.args[1]
            for entity in circle:
                callers[entity] -= set(circle)
    depth: dict[Entity, int] = {}
    for entity in order:
        depth[entity] = 1 + max((depth[one] for one in callers[entity]), default=-1)
    return depth
