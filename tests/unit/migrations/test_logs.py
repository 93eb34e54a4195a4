# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tail: every line once and in order, whatever happens to the stream and to who reads."""

from __future__ import annotations

import contextlib
import threading

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations import drain, logs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.logs import Tail

from tests.unit.migrations.streams import Source, log_of, numbered, stamped

GONE = ApiError(404, "NotFound", "pod not found", {})
TEXTS = numbered(400)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(logs, "PAUSE_S", 0.001)
    monkeypatch.setattr(logs, "JOIN_S", 0.05)
    monkeypatch.setattr(drain, "PULSE_S", 0.01)
    monkeypatch.setattr(drain, "BREATH_S", 0.001)
    monkeypatch.setattr(drain, "BLOCK_BYTES", 1000)


def test_a_tail_reconnects_until_the_end():
    lines = [(number / 10, str(number)) for number in range(60)]
    source = Source(
        stamped(lines),
        (0, ApiError(400, "", "waiting to start", {})),
        (7, ConnectError("x")),
        (9, None),
    )
    got: list[str] = []
    tail = Tail(source, "/log", "migrate", got.extend)
    source.drained.wait(5)
    tail.finish(lambda: None)
    assert got == [text for _seconds, text in lines]
    assert len(source.queries) >= 4


def test_a_log_that_is_gone_with_its_pod_ends_quietly():
    got: list[str] = []
    tail = Tail(
        Source(stamped([(0, "a")]), (1, None), *[(0, GONE)] * 9000), "/log", "m", got.extend
    )
    tail.finish(lambda: None)
    assert got in ([], ["a"])


def test_a_log_whose_node_does_not_answer_is_given_up_and_said():
    lost = ApiError(502, "", "no route to host", {})
    got: list[str] = []
    tail = Tail(Source([], *[(0, lost)] * 9000), "/log", "migrate", got.extend)
    tail.finish(lambda: None)
    assert got == ["[the rest of the log cannot be read: no route to host]"]


class Slow:
    """A sink that lets nothing pass until `go`; `waiting` tells that it has something."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.waiting, self.go = threading.Event(), threading.Event()

    def __call__(self, texts: list[str]) -> None:
        self.waiting.set()
        assert self.go.wait(10)
        self.got += texts


class Undrained:
    """A stream that is read by who takes its lines, one after the other."""

    came = held = 0
    rest = ""

    def __init__(self, chunks) -> None:
        self._chunks = chunks

    def blocks(self):
        for chunk in self._chunks():
            yield [chunk.decode().rstrip("\n")]


@pytest.mark.parametrize("drained", [True, False])
def test_a_stream_is_read_to_its_end_while_the_sink_is_slow(monkeypatch, drained):
    if not drained:
        monkeypatch.setattr(logs, "Drain", Undrained)
    source, sink = Source(log_of(TEXTS)), Slow()
    tail = Tail(source, "/log", "migrate", sink)
    assert sink.waiting.wait(10)
    assert source.drained.wait(10 if drained else 0.2) is drained
    assert sink.got == []
    sink.go.set()
    tail.finish(lambda: None)
    assert sink.got == TEXTS


def test_a_broken_stream_is_resumed_when_all_that_came_of_it_was_taken():
    source, sink = Source(log_of(TEXTS), (300, ConnectError("x")), (50, ConnectError("x"))), Slow()
    taken: list[int] = []
    chunks = source.chunks

    def counted(path, **options):
        taken.append(len(sink.got))
        return chunks(path, **options)

    source.chunks = counted
    tail = Tail(source, "/log", "migrate", sink)
    assert sink.waiting.wait(10)
    assert source.queries == [{"container": "migrate", "timestamps": True, "follow": True}]
    sink.go.set()
    assert source.drained.wait(10)
    tail.finish(lambda: None)
    assert taken[:2] == [0, 300]
    assert sink.got == TEXTS


def test_finish_waits_for_lines_that_nothing_but_the_queue_has():
    source, sink, turns = Source(log_of(TEXTS), (400, None), *[(0, GONE)] * 9), Slow(), []

    def meanwhile() -> None:
        turns.append(len(sink.got))
        if len(turns) == 4:
            sink.go.set()

    tail = Tail(source, "/log", "migrate", sink)
    assert sink.waiting.wait(10)
    tail.finish(meanwhile)
    assert turns[:4] == [0] * 4
    assert sink.got == TEXTS


def lost() -> None:
    raise LookupError("the Lease")


def test_who_raises_meanwhile_ends_the_reading_and_may_begin_it_again():
    source, sink = Source(log_of(TEXTS)), Slow()
    tail = Tail(source, "/log", "migrate", sink)
    assert sink.waiting.wait(10)
    with pytest.raises(LookupError):
        tail.finish(lost)
    sink.go.set()
    tail.finish(lambda: None)
    assert sink.got == TEXTS


class Stuck(Source):
    """A stream that stands still before its last line until `late`."""

    def __init__(self, log: list[str]) -> None:
        super().__init__(log)
        self.late, self.closed = threading.Event(), threading.Event()

    def chunks(self, path, *, query=None, timeout_s=None):
        with contextlib.ExitStack() as ends:
            for line in super().chunks(path, query=query):
                if query["follow"] and line == f"{self.log[-1]}\n".encode():
                    ends.callback(self.closed.set)
                    assert self.late.wait(10)
                yield line


def test_what_a_stuck_stream_says_after_the_end_is_not_said_again():
    source, got = Stuck(log_of(TEXTS)), []
    tail = Tail(source, "/log", "migrate", got.extend)
    tail.finish(lambda: None)
    assert got == TEXTS
    source.late.set()
    assert source.closed.wait(10)
    tail._thread.join(10)
    assert got == TEXTS


def test_meanwhile_is_called_while_the_last_reading_is_silent():
    turns, go = [], threading.Event()

    def meanwhile() -> None:
        turns.append(1)
        if len(turns) == 3:
            go.set()

    class Silent(Source):
        def chunks(self, path, *, query=None, timeout_s=None):
            assert query["follow"] or go.wait(10)
            yield from super().chunks(path, query=query)

    source, got = Silent(log_of(TEXTS), (0, None)), []
    tail = Tail(source, "/log", "migrate", got.extend)
    tail.finish(meanwhile)
    assert got == TEXTS


class Cut(Source):
    """A stream that ends without a word in the middle of its last line, as long as it follows."""

    def chunks(self, path, *, query=None, timeout_s=None):
        stream = b"".join(super().chunks(path, query=query))
        yield stream[:-3] if query["follow"] else stream


def test_half_a_line_is_told_with_its_other_half():
    source, got = Cut(log_of(TEXTS)), []
    tail = Tail(source, "/log", "migrate", got.extend)
    assert source.drained.wait(10)
    tail.finish(lambda: None)
    assert got == TEXTS


def test_half_a_line_whose_other_half_is_gone_is_told_as_half_a_line():
    source, sink = Cut(log_of(TEXTS), (400, None), *[(0, GONE)] * 9000), Slow()
    tail = Tail(source, "/log", "migrate", sink)
    assert sink.waiting.wait(10)
    sink.go.set()
    tail.finish(lambda: None)
    assert sink.got == [*TEXTS[:-1], "line 3 [the end of this line is missing]"]
