# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's log, line by line, from the first line to the last, no line twice.

A stream may break at any moment (API server or kubelet restart, a log rotation, a proxy's
timeout). The timestamps that the kubelet puts before each line tell where to go on; what the new
stream repeats is left out.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError

OVERLAP_S = 2
SILENCE_S = 60.0
PAUSE_S = 1.0
JOIN_S = 5.0
ATTEMPTS = 3


class LogSource(Protocol):
    """The part of kube.client.Client that logs need."""

    def stream(
        self, path: str, *, query: Mapping[str, Any] | None = None, timeout_s: float | None = None
    ) -> Iterator[str]:
        """Yield lines as they come."""


class Cursor:
    """How far a log has been read; feeds on lines as ``2026-01-02T03:04:05.678901234Z text``.

    Standard output and standard error are copied by two writers, so neighbouring lines may be
    out of order by a little; therefore the last seconds are compared line by line.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[str, str]] = deque()
        self._replay: Counter[str] = Counter()

    def resume(self) -> dict[str, str]:
        """Return the query that continues the log, and expect its repetitions."""
        if not self._recent:
            self._replay = Counter()
            return {}
        self._replay = Counter(line for _second, line in self._recent)
        return {"sinceTime": self._recent[0][0]}

    def take(self, line: str) -> str | None:
        """Return the text of a line that is new, None for a repeated one or the kubelet's own."""
        stamp, _space, text = line.partition(" ")
        if len(stamp) < 20 or stamp[10] != "T":
            return None
        if self._replay[line]:
            self._replay[line] -= 1
            return None
        second = stamp[:19] + stamp[19:].lstrip(".0123456789")
        self._recent.append((second, line))
        now = _seconds(second)
        while abs(now - _seconds(self._recent[0][0])) > OVERLAP_S:
            self._recent.popleft()
        return text


def _seconds(stamp: str) -> int:
    """Return seconds of the day; at midnight the overlap is forgotten, no more."""
    return int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60 + int(stamp[17:19])


class Tail:
    """Follows one container's log in a thread of its own until `finish`."""

    def __init__(
        self, source: LogSource, path: str, container: str, sink: Callable[[str], None]
    ) -> None:
        """path: the pod's ``…/log``. sink: gets each line once, in order."""
        self._source = source
        self._path = path
        self._query = {"container": container, "timestamps": True}
        self._sink = sink
        self._cursor = Cursor()
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._closed = False
        self._meanwhile: Callable[[], None] = lambda: None
        self._taken = 0
        self._thread = threading.Thread(target=self._follow, name=f"log {path}", daemon=True)
        self._thread.start()

    def finish(self, meanwhile: Callable[[], None]) -> None:
        """Read what is left; call when the container has ended. Raises ConnectError.

        meanwhile: called every few seconds while that lasts; what it raises ends the reading.
        A log that cannot be read any more (the pod is gone, its node does not answer) is given
        up: the record must not wait for it for ever.
        """
        self._over.set()
        self._meanwhile = meanwhile
        self._let_the_stream_end()
        self._closed = True
        trouble = ""
        for _attempt in range(ATTEMPTS):
            try:
                return self._read(follow=False)
            except ApiError as error:
                if error.status in (400, 404):
                    return None
                trouble = error.message
            time.sleep(PAUSE_S)
        return self._sink(f"[the rest of the log cannot be read: {trouble}]")

    def _let_the_stream_end(self) -> None:
        """Wait as long as lines come: it ends with the container, unless it is broken.

        Only the stream has what a rotation of the log has taken away meanwhile.
        """
        before = -1
        while self._thread.is_alive() and self._taken != before:
            before = self._taken
            self._thread.join(JOIN_S)
            self._meanwhile()

    def _follow(self) -> None:
        while not self._over.is_set():
            # The gate's own requests tell of an API server that is away.
            with contextlib.suppress(KubeError):
                self._read(follow=True)
            self._over.wait(PAUSE_S)

    def _read(self, *, follow: bool) -> None:
        with self._turn:
            query = self._query | self._cursor.resume() | {"follow": follow}
        asked_at = time.monotonic()
        for line in self._source.stream(self._path, query=query, timeout_s=SILENCE_S):
            if not follow and time.monotonic() - asked_at >= JOIN_S:
                self._meanwhile()
                asked_at = time.monotonic()
            with self._turn:
                if follow and self._closed:
                    return
                text = self._cursor.take(line)
                if text is not None:
                    self._taken += 1
                    self._sink(text)
