# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cursor: no gap, no line twice, whatever the streams repeat."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.cursor import Cursor
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.migrations.streams import since, stamped


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 0.8), st.text("ab", max_size=2)), max_size=40),
    st.lists(st.integers(0, 12), max_size=12),
)
def test_broken_streams_neither_lose_nor_repeat_a_line(steps, breaks):
    at, lines = 0.0, []
    for step, text in steps:
        at += step
        lines.append((round(at, 6), text))
    log, cursor, taken = stamped(lines), Cursor(), []
    for length in [*breaks, len(log) + 1]:
        for line in since(log, cursor.resume())[:length]:
            text = cursor.take(line)
            if text is not None:
                taken.append(text)
    assert taken == [text for _seconds, text in lines]


def test_neighbours_out_of_order_are_both_taken():
    log, cursor = stamped([(1.5, "err"), (1.4, "out"), (1.6, "err")]), Cursor()
    assert [cursor.take(line) for line in log] == ["err", "out", "err"]


def test_a_node_in_another_time_zone():
    cursor = Cursor()
    cursor.take("2026-01-01T10:00:00.123456789+05:30 text")
    assert cursor.resume() == {"sinceTime": "2026-01-01T10:00:00+05:30"}


@pytest.mark.parametrize(
    "line", ["failed to create fsnotify watcher: too many open files", "", "rpc error"]
)
def test_the_kubelets_own_words_are_no_log(line):
    assert Cursor().take(line) is None
