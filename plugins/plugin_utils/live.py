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
        self._ending = False

    def show(self, line: str) -> None:
        with self._line:
            self._show(line)
        self._deliver()

    def arrived(self, number: int, frame: FrameType | None) -> None:
        """Note a signal; Python calls this in the main thread, whichever thread is printing."""
        if self._ending:
            self._end(number)
            return
        self._waiting.append(number)
        self._deliver()

    def _deliver(self) -> None:
        """Begin the end once no line is under way: from here on the lock is never given back."""
        if not self._waiting or not self._line.acquire(blocking=False):
            return  # who prints delivers
        self._ending = True
        number = self._waiting.pop()
        if threading.current_thread() is threading.main_thread():
            self._end(number)
        else:  # Python sets handlers in the main thread alone
            signal.pthread_kill(_main_ident(), number)

    def _end(self, number: int) -> None:
        signal.signal(number, self._handlers[signal.Signals(number)])
        os.kill(os.getpid(), number)


def _main_ident() -> int:
    return threading.main_thread().ident or 0
