# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a stream off the network as fast as it comes, however slowly its lines are worked on.

A log's sender that has to wait falls behind the container, and what the kubelet rotates away
meanwhile is lost. So a thread does nothing but read, and the lines wait here, not in the network.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue

HELD_BYTES = 256 << 20
"""A log that is further ahead waits in the network after all: memory has its limit, too."""
BLOCK_BYTES = 64 << 10
PULSE_S = 1.0
BREATH_S = 0.01

Chunks = Callable[[], Generator[bytes, None, None]]


class Drain:
    """One stream. came: bytes so far. rest: at its end, what followed the last line break."""

    def __init__(self, chunks: Chunks) -> None:
        """chunks: opens the stream; called in the thread that reads."""
        self.came = 0
        self.rest = ""
        self._taken = self._done = 0
        self._queue: SimpleQueue[bytes | Exception | None] = SimpleQueue()
        self._ended = False
        self._left = False
        self._trouble: Exception | None = None
        self._thread = threading.Thread(target=self._fill, args=(chunks,), daemon=True)
        self._thread.start()

    @property
    def held(self) -> int:
        """How many bytes wait for the end of the work on them."""
        return self.came - self._done

    def blocks(self) -> Generator[list[str], None, None]:
        """Yield whole lines, [] now and then while nothing comes; raise what broke the stream."""
        parts: list[bytes] = []
        try:
            while not self._ended:
                whole, newline, rest = self._gathered().rpartition(b"\n")
                if newline:
                    yield _text([*parts, whole]).split("\n")
                    parts = []
                    self._breathe()
                else:
                    yield []
                if rest:
                    parts.append(rest)
        finally:
            self._left = True
        self.rest = _text(parts)
        if self._trouble:
            raise self._trouble

    def _gathered(self) -> bytes:
        """Return what has come, about one block of it; wait for it a little."""
        self._done = self._taken
        chunks: list[bytes] = []
        size = 0
        with contextlib.suppress(Empty):
            while size < BLOCK_BYTES:
                chunk = self._queue.get(timeout=0 if chunks else PULSE_S)
                if not isinstance(chunk, bytes):
                    self._ended, self._trouble = True, chunk
                    break
                chunks.append(chunk)
                size += len(chunk)
        self._taken += size
        return b"".join(chunks)

    def _breathe(self) -> None:
        """Let the thread that reads go first: Python runs one of the two at a time."""
        if self._thread.is_alive():
            time.sleep(BREATH_S)

    def _fill(self, chunks: Chunks) -> None:
        trouble: Exception | None = None
        try:
            with contextlib.closing(chunks()) as stream:
                for chunk in stream:
                    self.came += len(chunk)
                    self._queue.put(chunk)
                    self._wait_for_room()
                    if self._left:
                        break
        except Exception as error:  # for who takes the lines
            trouble = error
        self._queue.put(trouble)

    def _wait_for_room(self) -> None:
        while self.held > HELD_BYTES and not self._left:
            time.sleep(BREATH_S)


def _text(parts: list[bytes]) -> str:
    return b"".join(parts).decode("utf-8", "replace")
