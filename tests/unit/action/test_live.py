# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C in the middle of a live line: the line ends first, then the worker does."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.live import whole_lines

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def events() -> Iterator[list[str]]:
    """What happened, in order; a signal's effect, which ends a worker, is written down here."""
    seen: list[str] = []
    before = {one: signal.signal(one, lambda *_: seen.append("end")) for one in NUMBERS}
    yield seen
    for number, handler in before.items():
        signal.signal(number, handler)


def printer(events: list[str], number: signal.Signals) -> Callable[[str], None]:
    """Return a display whose line is interrupted half way."""

    def show(line: str) -> None:
        events.append(f"{line} begins")
        os.kill(os.getpid(), number)
        events.append(f"{line} ends")

    return show


@pytest.mark.parametrize("number", NUMBERS)
def test_a_line_ends_before_the_worker_does(events: list[str], number: signal.Signals) -> None:
    with whole_lines(printer(events, number)) as report:
        report("line")
    assert events == ["line begins", "line ends", "end"]


def test_without_it_the_worker_ends_inside_the_line(events: list[str]) -> None:
    printer(events, signal.SIGINT)("line")
    assert events == ["line begins", "end", "line ends"]


def test_a_line_of_another_thread_ends_too(events: list[str]) -> None:
    arrived = threading.Event()

    def show(line: str) -> None:
        events.append(f"{line} begins")
        arrived.wait(5)
        events.append(f"{line} ends")

    with whole_lines(show) as report:
        thread = threading.Thread(target=report, args=("line",), daemon=True)
        thread.start()
        os.kill(os.getpid(), signal.SIGINT)  # its handler runs before the next statement
        arrived.set()
        thread.join(5)
        time.sleep(0)  # a signal that the thread sent takes effect
    assert events == ["line begins", "line ends", "end"]


def test_a_signal_between_lines_ends_at_once(events: list[str]) -> None:
    with whole_lines(events.append):
        os.kill(os.getpid(), signal.SIGINT)
        events.append("after")
    assert events == ["end", "after"]


def test_the_handlers_are_put_back(events: list[str]) -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with whole_lines(events.append):
        assert [signal.getsignal(number) for number in NUMBERS] != before
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_outside_the_main_thread_lines_are_as_they_were(events: list[str]) -> None:
    def work() -> None:
        with whole_lines(events.append) as report:
            report("line")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert events == ["line"]
