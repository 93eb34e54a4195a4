# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a list of objects for ever: list, then stream changes, and begin anew when need be.

The API server may end a watch, forget the version that it began at (410), be overloaded or away:
none of that ends the watch here, it only costs time. The official client retries a 410 once and
then raises. Source: kubernetes.io/docs/reference/using-api/api-concepts,
"Efficient detection of changes".
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
    KubeError,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

PAGE = 500
# The server ends each watch after this; a longer silence means that the connection is dead.
WATCH_S = 20
SILENCE_S = 30
# A watch that held for so long had worked: the next one may begin where it ended.
HELD_S = 1.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


class Asker(Protocol):
    """The part of kube.client.Client that a watch needs."""

    def request(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send a request, return JSON."""

    def stream(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[str]:
        """Yield lines as they come."""


class Stop(Protocol):
    """What ends a watch; threading.Event has this shape."""

    def is_set(self) -> bool:
        """Whether to end."""

    def wait(self, timeout: float) -> bool:
        """Sleep, but wake when set."""


class Change(StrEnum):
    """What a WatchEvent tells."""

    LISTED = "listed"  # `objects` is all there is; what is not in it is gone
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    LOST = "lost"  # nothing is known from here until the next LISTED; `error` says why


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change: `object` for ADDED, MODIFIED and DELETED."""

    change: Change
    object: Object = field(default_factory=dict)
    objects: tuple[Object, ...] = ()
    error: str = ""


class Listing(NamedTuple):
    """A complete list and the version to watch it from."""

    objects: tuple[Object, ...]
    version: str


class _Expired(Exception):
    """The server no longer knows the version (410)."""


def list_all(client: Asker, path: str, query: Mapping[str, Any] | None = None) -> Listing:
    """Return every object of a list, page by page. Raises KubeError."""
    objects: list[Object] = []
    page: dict[str, Any] = {}
    while not page or page["metadata"].get("continue"):
        token = page["metadata"]["continue"] if page else None
        page = client.request(
            "GET", path, query={**(query or {}), "limit": PAGE, "continue": token}
        )
        objects += (_typed(item, page) for item in page.get("items") or [])
    return Listing(tuple(objects), str(page["metadata"].get("resourceVersion", "")))


def watch(
    client: Asker,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    stop: Stop,
    begin: Listing | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[WatchEvent]:
    """Yield what happens to a list until `stop` is set, whatever happens to the connection.

    begin: where a list_all of the caller's ended; without it the first event is LISTED.
    clock: seconds, for telling a watch that worked from one that was refused.
    """
    version = begin.version if begin else ""
    failures = 0
    while not stop.is_set():
        started = clock()
        try:
            if not version:
                listing = list_all(client, path, query)
                version = listing.version
                failures = 0
                yield WatchEvent(Change.LISTED, objects=listing.objects)
            for event, seen in _stream(client, path, query, version):
                version = seen
                if event:
                    yield event
                if stop.is_set():
                    return
        except _Expired:
            version = ""
        except KubeError as error:
            failures = 1 if clock() - started > HELD_S else failures + 1
            if failures > 1:
                version = ""
                yield WatchEvent(Change.LOST, error=str(error))
            stop.wait(_pause(failures))


def _stream(
    client: Asker, path: str, query: Mapping[str, Any] | None, version: str
) -> Iterator[tuple[WatchEvent | None, str]]:
    """Make one watch request; yield each event with the version after it."""
    asked = {
        **(query or {}),
        "watch": True,
        "allowWatchBookmarks": True,
        "resourceVersion": version,
        "timeoutSeconds": WATCH_S,
    }
    try:
        for line in client.stream(path, query=asked, timeout_s=SILENCE_S):
            if not line.strip():
                continue
            told = _parsed(line)
            event = _event(told)
            version = told["object"]["metadata"].get("resourceVersion") or version
            yield event, version
    except ApiError as error:
        if error.status == 410:
            raise _Expired from error
        raise


def _parsed(line: str) -> dict[str, Any]:
    """Read one line; half a line is what a broken connection leaves."""
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise ConnectError(f"The watch broke off within a line: {error}.") from error
    return told


def _event(line: Mapping[str, Any]) -> WatchEvent | None:
    """Read one line of a watch; None for a bookmark. Raises _Expired and ApiError."""
    obj = line.get("object") or {}
    match line.get("type"):
        case "ADDED" | "MODIFIED" | "DELETED" as kind:
            return WatchEvent(Change[kind], object=obj)
        case "ERROR":
            if obj.get("code") == 410:
                raise _Expired
            raise ApiError(
                int(obj.get("code") or 500), obj.get("reason", ""), obj.get("message", ""), {}
            )
    return None


def _typed(item: Object, page: Mapping[str, Any]) -> Object:
    """Items of a list do not name their own kind."""
    kind = str(page.get("kind", "")).removesuffix("List")
    return {"apiVersion": page.get("apiVersion"), "kind": kind, **item}


def _pause(failures: int) -> float:
    """Back off, unevenly, so that many deployers do not come back at the same moment."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 10))
    return longest * random.uniform(0.5, 1.0)
