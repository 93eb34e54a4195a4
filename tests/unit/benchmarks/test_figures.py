# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A figure is the median of the runs that count, with the load before each of them."""

from __future__ import annotations

import pytest

from benchmarks.figures import by_turns, figure, repeated
from benchmarks.spans import Span, seconds


def test_the_warm_up_does_not_count():
    values, loads = iter([99.0, 3.0, 1.0, 2.0]), iter([9.0, 0.1, 0.2, 0.3])
    prepared = []

    made = repeated(
        lambda: next(values),
        prepare=lambda: prepared.append(True),
        runs=3,
        warm_ups=1,
        load=lambda: next(loads),
    )

    assert (made.runs, made.min, made.median, made.max) == (3, 1.0, 2.0, 3.0)
    assert made.load == (0.1, 0.2, 0.3)
    assert len(prepared) == 4


def test_ways_that_are_compared_take_turns():
    ran = []
    ways = {name: lambda name=name: ran.append(name) or len(ran) for name in ("ours", "peer")}

    made = dict(by_turns(ways, runs=3))

    assert ran == ["ours", "ours", "peer", "peer", "ours", "peer", "ours", "peer"]  # warm-ups first
    assert (made["ours"].runs, made["ours"].median) == (3, 5)
    assert (made["peer"].median, len(made["peer"].load)) == (6, 3)


def test_one_slow_run_does_not_move_the_median():
    assert figure([1.0, 1.1, 0.9, 50.0, 1.0]).median == 1.0


def test_no_run_is_no_figure():
    with pytest.raises(ValueError, match="at least one run"):
        figure([])


def span(what: str, start: float, end: float) -> Span:
    return Span(what, start, end, process=1)


@pytest.mark.parametrize(
    ("spans", "total"),
    [
        ([], 0.0),
        ([span("api", 0, 1), span("api", 2, 3)], 2.0),
        ([span("api", 2, 3), span("api", 0, 2.5)], 3.0),
        ([span("api", 0, 9), span("api", 1, 2)], 9.0),
        ([span("api", 0, 1), span("ours", 0, 5)], 1.0),
    ],
    ids=["none", "apart", "overlapping", "nested", "another"],
)
def test_what_overlaps_counts_once(spans, total):
    assert seconds(spans, "api") == total
