# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of an answer, case by case."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.probe.verdict import (
    Answer,
    Expected,
    enough,
    separate,
    shortfall,
)


def answer(status=200, body="", arrivals=(), complete=True):
    return Answer(status, body, tuple(arrivals), complete)


OK = Expected(status=(200,))
EVENTS = Expected(status=(200,), min_chunks=3, within_s=5.0)


@pytest.mark.parametrize(
    ("arrivals", "count"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([0.3], 1, id="one"),
        pytest.param([0.1, 0.6, 1.1], 3, id="spread"),
        pytest.param([1.0, 1.001, 1.002], 1, id="buffered: all at once"),
        pytest.param([1.0, 1.04, 1.08, 1.12], 1, id="a burst counts once, however long"),
        pytest.param([0.1, 0.101, 0.6], 2, id="one event in two packets"),
    ],
)
def test_what_arrives_together_counts_once(arrivals, count):
    assert separate(tuple(arrivals)) == count


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        pytest.param(answer(), OK, "", id="as expected"),
        pytest.param(answer(401), Expected(status=(401, 403)), "", id="one of several"),
        pytest.param(
            answer(503, "upstream\n connect error"),
            OK,
            "status 503 instead of 200 (no pod behind the route is ready?); "
            "the body begins: upstream connect error",
            id="error page is quoted",
        ),
        pytest.param(
            answer(200, '{"token": "s3cret"}'),
            Expected(status=(401,)),
            "status 200 instead of 401",
            id="what a login answers is not quoted",
        ),
        pytest.param(
            answer(200, '{"token": "s3cret"}'),
            Expected(status=(200,), contains="expires"),
            'the body (19 characters) lacks "expires"',
            id="nor when a text is missing",
        ),
        pytest.param(
            answer(201, '{"id": 7}'),
            Expected(status=(201,), contains='"id"'),
            "",
            id="text found",
        ),
        pytest.param(answer(arrivals=[0.1, 0.6, 1.1]), EVENTS, "", id="stream"),
        pytest.param(
            answer(arrivals=[2.0, 2.0, 2.0]),
            EVENTS,
            "the body came in 1 piece instead of 3 within 5 s, then the body ended. "
            "Does a proxy on the way buffer it?",
            id="buffered stream",
        ),
        pytest.param(
            answer(arrivals=[0.1, 2.0], complete=False),
            EVENTS,
            "the body came in 2 pieces instead of 3 within 5 s. Does a proxy on the way buffer it?",
            id="slow stream",
        ),
    ],
)
def test_shortfall(got, expected, said):
    assert shortfall(got, expected) == said


def test_long_error_pages_are_cut():
    said = shortfall(answer(500, "x" * 1000), OK)
    assert said.endswith("x…")
    assert len(said) < 160


def test_reading_stops_when_the_stream_is_proven():
    assert not enough(answer(arrivals=[0.1, 0.6]), EVENTS)
    assert enough(answer(arrivals=[0.1, 0.6, 1.1]), EVENTS)
    assert not enough(answer(body="all of it"), OK), "a plain body is read to its end"
