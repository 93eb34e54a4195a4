# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one figure is: a median of several runs, with what is needed to doubt it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

RUNS = int(os.environ.get("BENCH_RUNS", "5"))  # fewer only to try a measure out
WARM_UPS = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of build/bench.json.

    load: the machine's 1-minute load average before each run; more than the runs themselves make
    means that others worked on the machine.
    note: what a reader must know to read the figure rightly; empty if nothing.
    """

    unit: str
    runs: int
    min: float
    median: float
    max: float
    load: tuple[float, ...] = ()
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


Figures = Iterator[tuple[str, Figure]]  # what a measure yields: key and figure


def figure(
    values: Sequence[float], unit: str = "s", *, load: Sequence[float] = (), note: str = ""
) -> Figure:
    """Make a figure of the values of all runs. Raises ValueError without a value."""
    if not values:
        raise ValueError("A figure needs at least one run.")
    low, middle, high = (round(one, 4) for one in (min(values), median(values), max(values)))
    loads = tuple(round(one, 2) for one in load)
    return Figure(unit, len(values), low, middle, high, loads, note)


def repeated(
    once: Callable[[], float],
    *,
    prepare: Callable[[], object] = lambda: None,
    runs: int = RUNS,
    warm_ups: int = WARM_UPS,
    unit: str = "s",
    note: str = "",
    load: Callable[[], float] = lambda: os.getloadavg()[0],
) -> Figure:
    """Call `once` for a value, first for the warm-ups, which do not count.

    prepare: called before each of them, outside of what is measured.
    """
    values, loads = [], []
    for _run in range(warm_ups + runs):
        prepare()
        loads.append(load())
        values.append(once())
    return figure(values[warm_ups:], unit, load=loads[warm_ups:], note=note)


def by_turns(ways: Mapping[str, Callable[[], float]], *, runs: int = RUNS) -> Figures:
    """Do the same with ways that are compared: a machine that slows down slows all of them.

    Yields the figures of the keys of `ways`.
    """
    found: dict[str, list[Figure]] = {key: [] for key in ways}
    for number in range(runs):
        for key, once in ways.items():
            found[key].append(repeated(once, runs=1, warm_ups=0 if number else WARM_UPS))
    for key, ones in found.items():
        yield key, _together(ones)


def _together(ones: Sequence[Figure]) -> Figure:
    return figure([one.median for one in ones], load=[load for one in ones for load in one.load])
