# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and watches, many at once, brought to the one thread that judges."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.slipway.stack.plugins.module_utils.health.needs import Collection
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import (
    Listing,
    WatchEvent,
    list_all,
    watch,
)

Told = tuple[Collection, WatchEvent]
# Each list of its own connection costs both sides a TLS handshake: longer than a short list takes.
PARALLEL = 4


class Feed:
    """Reads collections in parallel, then follows each in a thread of its own."""

    def __init__(self, client: Client, discovery: Discovery) -> None:
        self._client = client
        self._discovery = discovery
        self._told: queue.Queue[Told | Exception] = queue.Queue()
        self._stop = threading.Event()

    def read(self, collections: Iterable[Collection]) -> dict[Collection, Listing | KubeError]:
        """Return the list of each collection, or why it cannot be read."""
        wanted = sorted(set(collections))
        if not wanted:
            return {}
        with ThreadPoolExecutor(min(PARALLEL, len(wanted))) as pool:
            return dict(zip(wanted, pool.map(self._read, wanted), strict=True))

    def follow(self, collection: Collection, begin: Listing) -> None:
        """Begin to watch; daemon threads, since a silent watch ends only with its connection."""
        thread = threading.Thread(target=self._watch, args=(collection, begin), daemon=True)
        thread.start()

    def next(self, timeout_s: float) -> list[Told]:
        """Return what came since the last call; wait for the first at most `timeout_s`.

        Raises what ended a watch: without it nothing would be known of its objects any more.
        """
        told: list[Told] = []
        with contextlib.suppress(queue.Empty):
            while True:
                one = self._told.get(block=not told, timeout=timeout_s)
                if isinstance(one, Exception):
                    raise one
                told.append(one)
        return told

    def close(self) -> None:
        """End the watches."""
        self._stop.set()

    def _read(self, collection: Collection) -> Listing | KubeError:
        try:
            return list_all(self._client, self._path(collection))
        except KubeError as error:
            return error

    def _watch(self, collection: Collection, begin: Listing) -> None:
        path = self._path(collection)
        try:
            for event in watch(self._client, path, stop=self._stop, begin=begin):
                self._told.put((collection, event))
        except Exception as error:
            self._told.put(error)

    def _path(self, collection: Collection) -> str:
        one = collection
        return self._discovery.path(one.api_version, one.kind, one.namespace or None)
