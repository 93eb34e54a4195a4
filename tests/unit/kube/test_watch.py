# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watch of kube/watch.py against a scripted API server."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import (
    Change,
    Listing,
    list_all,
    watch,
)


class Server:
    """Answers each request with the next entry of the script and keeps what was asked.

    An entry is a page (dict), a list of watch lines, or an error to raise; an error at the end of
    a list breaks the stream off there.
    """

    def __init__(self, *script):
        self.script = list(script)
        self.asked = []

    def request(self, method, path, *, query=None):
        self.asked.append(("list", query))
        return self._next()

    def stream(self, path, *, query=None, timeout_s=None):
        self.asked.append(("watch", query))
        for line in self._next():
            if isinstance(line, Exception):
                raise line
            yield line if isinstance(line, str) else json.dumps(line)

    def _next(self):
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Stop:
    """Set once the server has nothing more to say; sleeps are only counted."""

    def __init__(self, server):
        self.server = server
        self.slept = []

    def is_set(self):
        return not self.server.script

    def wait(self, timeout):
        self.slept.append(timeout)
        return self.is_set()


def page(*names, version="1", token=""):
    items = [{"metadata": {"name": name}} for name in names]
    return {
        "kind": "PodList",
        "apiVersion": "v1",
        "metadata": {"resourceVersion": version, "continue": token},
        "items": items,
    }


def line(kind, name, version="2"):
    return {"type": kind, "object": {"metadata": {"name": name, "resourceVersion": version}}}


def told(server, **options):
    stop = Stop(server)
    ticks = iter(range(0, 10_000, 10))
    events = list(watch(server, "/pods", stop=stop, clock=lambda: next(ticks), **options))
    names = [
        " ".join(obj["metadata"]["name"] for obj in event.objects)
        or event.object.get("metadata", {}).get("name", event.error)
        for event in events
    ]
    return [f"{event.change} {name}".strip() for event, name in zip(events, names, strict=True)]


GONE = ApiError(410, "Expired", "too old resource version", {})
GONE_LINE = {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}}
BOOM_LINE = {"type": "ERROR", "object": {"code": 500, "message": "boom"}}
BUSY = ApiError(503, "ServiceUnavailable", "try later", {})
FULL = ApiError(429, "TooManyRequests", "too many requests", {})
STALE = ApiError(401, "Unauthorized", "token has expired", {})
CUT = ConnectError("connection reset")
END = []

CASES = {
    "list, then stream": (
        [page("a"), [line("ADDED", "b"), line("MODIFIED", "a"), line("DELETED", "b")], END],
        ["listed a", "added b", "modified a", "deleted b"],
    ),
    "the server ends a watch: the next begins where it ended": (
        [page("a"), [line("ADDED", "b", "5")], [line("ADDED", "c", "6")]],
        ["listed a", "added b", "added c"],
    ),
    "410 as an answer: list again": (
        [page("a"), GONE, page("a", "b"), [line("ADDED", "c")]],
        ["listed a", "listed a b", "added c"],
    ),
    "410 within the stream, twice: the official client raises at the second": (
        [page("a"), [GONE_LINE], page("b"), [GONE_LINE], page("c"), END],
        ["listed a", "listed b", "listed c"],
    ),
    "a connection that is cut after it had worked costs nothing": (
        [page("a"), [line("ADDED", "b", "5"), CUT], [line("ADDED", "c", "6")]],
        ["listed a", "added b", "added c"],
    ),
    "half a line at the end of a cut connection": (
        [page("a"), [line("ADDED", "b", "5"), '{"type": "ADD'], [line("ADDED", "c", "6")]],
        ["listed a", "added b", "added c"],
    ),
    "an ERROR line that is no 410": (
        [page("a"), [BOOM_LINE], [line("ADDED", "b")]],
        ["listed a", "added b"],
    ),
    "429, 401 and an empty answer, one by one": (
        [page("a"), FULL, [line("ADDED", "b", "5")], STALE, [], [line("ADDED", "c", "6")]],
        ["listed a", "added b", "added c"],
    ),
    "a list that is refused for a moment": (
        [STALE, page("a"), [line("ADDED", "b")]],
        ["listed a", "added b"],
    ),
    "bookmarks are no events": (
        [page("a"), [line("BOOKMARK", "", "9")], [line("ADDED", "b")]],
        ["listed a", "added b"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_watch(name):
    script, want = CASES[name]
    assert told(Server(*script)) == want


def test_a_server_that_stays_away_is_told_and_listed_anew():
    server = Server(page("a"), CUT, BUSY, BUSY, page("b"), [line("ADDED", "c")])
    stop = Stop(server)
    events = list(watch(server, "/pods", stop=stop, clock=lambda: 0.0))
    changes = [event.change for event in events]
    assert changes == [Change.LISTED, Change.LOST, Change.LOST, Change.LISTED, Change.ADDED]
    assert "try later" in events[1].error
    assert len(stop.slept) == 3
    assert stop.slept[2] > stop.slept[0] / 2  # it backs off, unevenly


def test_the_next_watch_begins_after_the_last_event_or_bookmark():
    server = Server([line("ADDED", "b", "5")], [line("BOOKMARK", "", "9")], END)
    told(server, begin=Listing((), "3"))
    versions = [query["resourceVersion"] for kind, query in server.asked if kind == "watch"]
    assert versions == ["3", "5", "9"]
    assert all(query["allowWatchBookmarks"] for _kind, query in server.asked)


def test_lists_are_read_page_by_page_and_name_their_kind():
    server = Server(page("a", token="next"), page("b", version="8"))
    listing = list_all(server, "/pods", {"labelSelector": "app=a"})
    assert [obj["metadata"]["name"] for obj in listing.objects] == ["a", "b"]
    assert {(obj["apiVersion"], obj["kind"]) for obj in listing.objects} == {("v1", "Pod")}
    assert listing.version == "8"
    assert [query["continue"] for _kind, query in server.asked] == [None, "next"]
    assert all(query["labelSelector"] == "app=a" for _kind, query in server.asked)
