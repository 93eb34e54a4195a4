# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drain: the same lines however the bytes come, and a limit to what is held."""

from __future__ import annotations

import itertools
import threading

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import drain
from ansible_collections.slipway.stack.plugins.module_utils.migrations.drain import Drain
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(drain, "PULSE_S", 0.01)
    monkeypatch.setattr(drain, "BREATH_S", 0.0)


def pieces(content: bytes, cuts: list[int]):
    edges = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for begin, end in itertools.pairwise(edges):
        yield content[begin:end]


@settings(max_examples=60, deadline=None)
@given(st.text("aä\n"), st.lists(st.integers(0, 99), max_size=9))
def test_lines_are_whole_however_they_come(text, cuts):
    *lines, rest = text.split("\n")
    made = Drain(lambda: pieces(text.encode(), cuts))
    assert [line for block in made.blocks() for line in block] == lines
    assert made.rest == rest


def test_what_broke_the_stream_is_raised_after_all_that_came():
    def stream():
        yield b"one\ntwo\nth"
        raise LookupError

    made, got = Drain(stream), []
    with pytest.raises(LookupError):
        got.extend(line for lines in made.blocks() for line in lines)
    assert (got, made.rest) == (["one", "two"], "th")


def test_what_is_held_has_a_limit(monkeypatch):
    monkeypatch.setattr(drain, "HELD_BYTES", 100)
    read, limit = [], threading.Event()

    def stream():
        for number in range(100):
            read.append(number)
            if len(read) == 11:
                limit.set()
            yield b"123456789\n"

    made = Drain(stream)
    assert limit.wait(10)
    made._thread.join(0.2)
    assert len(read) == 11
    assert sum(len(lines) for lines in made.blocks()) == 100


def test_who_leaves_closes_the_stream():
    closed = threading.Event()

    def stream():
        try:
            while True:
                yield b"line\n"
        finally:
            closed.set()

    blocks = Drain(stream).blocks()
    assert next(blocks)[0] == "line"
    blocks.close()
    assert closed.wait(10)
