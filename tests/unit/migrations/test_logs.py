# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log: no gap, no line twice, whatever happens to the stream."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations import logs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.logs import Cursor, Tail
from hypothesis import given, settings
from hypothesis import strategies as st

BEGIN = datetime(2026, 1, 1, 23, 59, 55, tzinfo=UTC)


def stamped(lines: list[tuple[float, str]]) -> list[str]:
    """Return log lines as the kubelet sends them; (seconds since BEGIN, text)."""
    found = []
    for seconds, text in lines:
        stamp = (BEGIN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        found.append(f"{stamp}000Z {text}")
    return found


def since(log: list[str], query: dict) -> list[str]:
    """Answer as the kubelet does: lines from that second on."""
    begin = query.get("sinceTime", "").removesuffix("Z")
    return [line for line in log if line[:19] >= begin]


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


class Source:
    """Streams that break: each entry is (how many lines, then what)."""

    def __init__(self, log: list[str], *breaks: tuple[int, Exception | None]) -> None:
        self.log, self.breaks = log, list(breaks)
        self.calls = 0
        self.drained = threading.Event()

    def stream(self, path, *, query=None, timeout_s=None):
        self.calls += 1
        length, trouble = self.breaks.pop(0) if self.breaks else (len(self.log), None)
        yield from since(self.log, query)[:length]
        if not self.breaks:
            self.drained.set()
        if trouble:
            raise trouble


def test_a_tail_reconnects_until_the_end(monkeypatch):
    monkeypatch.setattr(logs, "PAUSE_S", 0.001)
    lines = [(number / 10, str(number)) for number in range(60)]
    source = Source(
        stamped(lines),
        (0, ApiError(400, "", "waiting to start", {})),
        (7, ConnectError("x")),
        (9, None),
    )
    got: list[str] = []
    tail = Tail(source, "/log", "migrate", got.append)
    source.drained.wait(5)
    tail.finish(lambda: None)
    assert got == [text for _seconds, text in lines]
    assert source.calls >= 4


def test_a_log_that_is_gone_with_its_pod_ends_quietly(monkeypatch):
    monkeypatch.setattr(logs, "PAUSE_S", 0.001)
    gone = ApiError(404, "NotFound", "pod not found", {})
    got: list[str] = []
    tail = Tail(
        Source(stamped([(0, "a")]), (1, None), *[(0, gone)] * 9000), "/log", "m", got.append
    )
    tail.finish(lambda: None)
    assert got in ([], ["a"])


def test_a_log_whose_node_does_not_answer_is_given_up_and_said(monkeypatch):
    monkeypatch.setattr(logs, "PAUSE_S", 0.001)
    lost = ApiError(502, "", "no route to host", {})
    got: list[str] = []
    tail = Tail(Source([], *[(0, lost)] * 9000), "/log", "migrate", got.append)
    tail.finish(lambda: None)
    assert got == ["[the rest of the log cannot be read: no route to host]"]
