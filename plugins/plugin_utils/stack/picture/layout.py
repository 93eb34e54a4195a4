# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where boxes and lines of a layered picture stand: from left to right, few crossings, short lines.

The classic steps: lines that pass a column get a waypoint in it, which those to the same box share;
columns are ordered by the means of their neighbours, and each box is moved as near to its
neighbours as the others let it. Pure, and the same for the same input.
Source: Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System
Structures" (1981).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

SWEEPS = 8
GAP_X, GAP_Y = 72.0, 18.0
WAYPOINT_HEIGHT = 6.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box to be placed; `column` counts from the left."""

    name: str
    column: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Place:
    """The upper left corner of a box, and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where lines begin and end."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """places: box → place. lines: one per line given, from left to right, as places it passes."""

    places: dict[str, Place]
    lines: list[list[Place]]
    width: float
    height: float


@dataclass(slots=True)
class _Grid:
    """columns: names from top to bottom. left, right: name → neighbours in the next column."""

    columns: list[list[str]]
    heights: dict[str, float]
    left: dict[str, list[str]]
    right: dict[str, list[str]]


def layout(boxes: Sequence[Box], lines: Sequence[tuple[str, str]]) -> Drawing:
    """Place the boxes. lines: from a box to one farther right, or in the same column."""
    grid, ways = _grid(boxes, lines)
    _uncross(grid)
    middles = _middles(grid)
    return _drawing(boxes, grid, ways, middles)


def _grid(boxes: Sequence[Box], lines: Sequence[tuple[str, str]]) -> tuple[_Grid, list[list[str]]]:
    column = {box.name: box.column for box in boxes}
    count = max(column.values(), default=-1) + 1
    columns = [[box.name for box in boxes if box.column == index] for index in range(count)]
    heights = {box.name: box.height for box in boxes}
    ways = []
    for source, target in lines:
        waypoints = [f"{target} {index}" for index in range(column[source] + 1, column[target])]
        for index, waypoint in enumerate(waypoints, column[source] + 1):
            if waypoint not in heights:
                columns[index].append(waypoint)
                heights[waypoint] = WAYPOINT_HEIGHT
        ways.append([source, *waypoints, target])
    grid = _Grid(columns, heights, {name: [] for name in heights}, {name: [] for name in heights})
    for way in ways:
        if column[way[0]] == column[way[-1]]:
            continue
        for one, other in pairwise(way):
            grid.right[one].append(other)
            grid.left[other].append(one)
    return grid, ways


def _uncross(grid: _Grid) -> None:
    """Order each column by the means of its neighbours, there and back; keep the best order."""
    best, fewest = [list(column) for column in grid.columns], _crossings(grid)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = grid.left if forth else grid.right
        order = range(len(grid.columns)) if forth else reversed(range(len(grid.columns)))
        for index in order:
            _sort(grid, index, neighbours)
        crossings = _crossings(grid)
        if crossings < fewest:
            best, fewest = [list(column) for column in grid.columns], crossings
    grid.columns = best


def _sort(grid: _Grid, index: int, neighbours: Mapping[str, list[str]]) -> None:
    rank = {name: at for column in grid.columns for at, name in enumerate(column)}
    mean = {
        name: sum(rank[one] for one in neighbours[name]) / len(neighbours[name])
        if neighbours[name]
        else float(rank[name])
        for name in grid.columns[index]
    }
    grid.columns[index].sort(key=mean.__getitem__)


def _crossings(grid: _Grid) -> int:
    return sum(_between(one, other, grid.right) for one, other in pairwise(grid.columns))


def _between(one: list[str], other: list[str], right: Mapping[str, list[str]]) -> int:
    """Count pairs of lines between two columns whose ends are in opposite order."""
    rank = {name: at for at, name in enumerate(other)}
    seen: list[int] = []
    count = 0
    for name in one:
        ends = [rank[end] for end in right[name]]
        count += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return count


def _middles(grid: _Grid) -> dict[str, float]:
    middles: dict[str, float] = {}
    for column in grid.columns:
        middles |= _packed(grid, column, dict.fromkeys(column, 0.0))
    both = {name: grid.left[name] + grid.right[name] for name in grid.heights}
    for neighbours in [grid.left, grid.right] * (SWEEPS // 2) + [both, both]:
        for column in grid.columns:
            wanted = {name: _mean([middles[one] for one in neighbours[name]], middles[name])
                      for name in column}  # fmt: skip
            middles |= _packed(grid, column, wanted)
    return middles


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _packed(grid: _Grid, column: list[str], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return middles that keep order and gaps and are nearest to what is wanted."""
    steps = [_step(grid.heights[one], grid.heights[other]) for one, other in pairwise(column)]
    offsets = list(accumulate(steps, initial=0.0))
    level = _ascending(wanted[name] - offset for name, offset in zip(column, offsets, strict=False))
    return {
        name: value + offset for name, value, offset in zip(column, level, offsets, strict=False)
    }


def _step(height: float, other: float) -> float:
    both_lines = height == other == WAYPOINT_HEIGHT
    return (height + other) / 2 + (WAYPOINT_HEIGHT if both_lines else GAP_Y)


def _ascending(values: Iterable[float]) -> list[float]:
    """Return the ascending numbers with the least squared distance from `values`.

    Neighbours in the wrong order are pooled at their mean (isotonic regression).
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, more = pools.pop()
            total, count = total + before, count + more
        pools.append((total, count))
    return [total / count for total, count in pools for _place in range(count)]


def _drawing(
    boxes: Sequence[Box], grid: _Grid, ways: list[list[str]], middles: Mapping[str, float]
) -> Drawing:
    width = {box.name: box.width for box in boxes}
    widths = [max((width.get(name, 0) for name in column), default=0) for column in grid.columns]
    starts = list(accumulate((wide + GAP_X for wide in widths), initial=0.0))
    top = min((middles[name] - grid.heights[name] / 2 for name in middles), default=0.0)
    places = {
        name: Place(
            starts[index],
            round(middles[name] - grid.heights[name] / 2 - top, 1),
            width.get(name, widths[index]),
            grid.heights[name],
        )
        for index, column in enumerate(grid.columns)
        for name in column
    }
    bottom = max((place.y + place.height for place in places.values()), default=0.0)
    lines = [[places[name] for name in way] for way in ways]
    return Drawing({box.name: places[box.name] for box in boxes}, lines, starts[-1] - GAP_X, bottom)
