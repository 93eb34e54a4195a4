# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's log, line by line, from the first line to the last, no line twice.

A stream may break at any moment (API server or kubelet restart, a log rotation, a proxy's
timeout); the next one goes on where all that came of the last one was taken.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, Protocol

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.migrations.drain import Drain
from ansible_collections.slipway.stack.plugins.module_utils.migrations.seam import Seam

SILENCE_S = 60.0
PAUSE_S = 1.0
JOIN_S = 5.0
ATTEMPTS = 3


class LogSource(Protocol):
    """The part of kube.client.Client that logs need."""

    def chunks(
        self, path: str, *, query: Mapping[str, Any] | None = None, timeout_s: float | None = None
    ) -> Generator[bytes, None, None]:
        """Yield bytes as they come."""


class Tail:
    """Follows one container's log in a thread of its own until `finish`."""

    def __init__(
        self, source: LogSource, path: str, container: str, sink: Callable[[list[str]], None]
    ) -> None:
        """path: the pod's ``…/log``. sink: gets each line once, in order, several at a time."""
        self._source = source
        self._path = path
        self._query = {"container": container, "timestamps": True}
        self._sink = sink
        self._seam = Seam()
        self._drain: Drain | None = None
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._closed = False
        self._meanwhile: Callable[[], None] = lambda: None
        self._minded_at = 0.0
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
        self._minded_at = time.monotonic()
        trouble = ""
        for _attempt in range(ATTEMPTS):
            try:
                return self._read(follow=False)
            except ApiError as error:
                if error.status in (400, 404):
                    return self._tell(self._seam.left())
                trouble = error.message
            time.sleep(PAUSE_S)
        return self._tell([*self._seam.left(), f"[the rest of the log cannot be read: {trouble}]"])

    def _let_the_stream_end(self) -> None:
        """Wait as long as lines come or wait: it ends with the container, unless it is broken.

        Only the stream has what a rotation of the log has taken away meanwhile.
        """
        before = -1
        while self._thread.is_alive():
            came, held = (self._drain.came, self._drain.held) if self._drain else (0, 0)
            if came == before and not held:
                return
            before = came
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
            if follow and self._closed:
                return
            query = self._query | self._seam.resume() | {"follow": follow}
        stream = partial(self._source.chunks, self._path, query=query, timeout_s=SILENCE_S)
        self._drain = drain = Drain(stream)
        try:
            self._take(drain, follow=follow)
        except KubeError:
            self._seam.broke_off(drain.rest)
            raise
        if follow:
            self._seam.broke_off(drain.rest)
        else:
            self._tell(self._seam.end(drain.rest))

    def _take(self, drain: Drain, *, follow: bool) -> None:
        with contextlib.closing(drain.blocks()) as blocks:
            for lines in blocks:
                if not follow:
                    self._mind()
                with self._turn:
                    if follow and self._closed:
                        return
                    self._tell(self._seam.take(lines))

    def _tell(self, texts: list[str]) -> None:
        if texts:
            self._sink(texts)

    def _mind(self) -> None:
        """Do every few seconds what must go on meanwhile."""
        if time.monotonic() - self._minded_at >= JOIN_S:
            self._meanwhile()
            self._minded_at = time.monotonic()
