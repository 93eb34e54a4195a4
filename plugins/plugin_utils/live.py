# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a live line end before a signal ends the worker that prints it.

A worker prints through a queue whose lock it shares with ansible-playbook. Ansible's handler for
SIGINT and SIGTERM ends the worker where it stands; if that is inside the queue, the lock stays
taken and ansible-playbook waits for it for ever: Ctrl-C hung in one of five runs that print much.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

Print = Callable[[str], Any]

_ENDS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def whole_lines(show: Print) -> Iterator[Print]:
    """Yield ``show`` for any thread; signals that come during a line take effect after it.

    To be entered in the main thread: elsewhere Python sets no handlers, and lines are as they were.
    """
    if threading.current_thread() is not threading.main_thread():
        yield show
        return
    before = {number: signal.getsignal(number) for number in _ENDS}
    deferred = _Deferred(show, before)
    try:
        for number in _ENDS:
            signal.signal(number, deferred.arrived)
        yield deferred.show
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Deferred:
    """One line at a time, and the signals that came meanwhile."""

    def __init__(self, show: Print, handlers: Mapping[signal.Signals, Any]) -> None:
        self._show = show
        self._handlers = handlers
        self._line = threading.Lock()
        self._waiting: list[int] = []

    def show(self, line: str) -> None:
        with self._line:
            self._show(line)
        self._deliver()

    def arrived(self, number: int, frame: FrameType | None) -> None:
        """Note a signal; Python calls this in the main thread, whichever thread is printing."""
        self._waiting.append(number)
        self._deliver()

    def _deliver(self) -> None:
        if not self._waiting or not self._line.acquire(blocking=False):
            return  # who prints delivers
        number = self._waiting.pop()
        signal.signal(number, self._handlers[signal.Signals(number)])
        os.kill(os.getpid(), number)
