# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of health_wait: joins lists and watches with the rules, until all is settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health import (
    details,
    failure,
    progress,
    result,
    timeline,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Moment
from ansible_collections.slipway.stack.plugins.module_utils.health.feed import Feed
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import (
    Collection,
    own,
    to_decide,
    to_explain,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.options import (
    Options,
    read_options,
    without_ignored,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target, targets
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import (
    Change,
    Listing,
    WatchEvent,
)

TICK_S = 0.5
HEARTBEAT_S = 15.0
# After the first failure: what else fails of the same cause is reported with it.
GATHER_S = 2.0
# Nothing but suspended objects left for so long: nobody is about to resume them.
SUSPENDED_S = 30.0

Report = Callable[[str], None]
Clock = Callable[[], float]


class End(StrEnum):
    """Why the wait ended."""

    READY = "ready"
    FAILED = "failed"
    TIMEOUT = "timeout"
    SUSPENDED = "suspended"
    CHECKED = "checked"  # check mode looks once


def run(
    params: Mapping[str, Any],
    *,
    check: bool,
    report: Report,
    connected: Callable[[Mapping[str, Any]], Client] = connect,
) -> dict[str, Any]:
    """Wait until all resources are ready or one cannot become so.

    params: the module's options (arguments.HEALTH_WAIT). check: look once and judge.
    connected: makes the client, from the connection options.
    Returns the module's result (see RETURN of health_wait). Raises HealthError, KubeError.
    """
    options = read_options(params)
    if not params["resources"] and not params.get("timeline"):
        without_ignored([], params.get("ignore") or [])  # who ignores something meant something
        return result.good(Board([], Store()), 0.0, checked=check)
    client = connected(params)
    discovery = client.discovery()
    clock = steady_clock()
    namespace = params.get("namespace") or client.namespace
    every = targets(params["resources"], namespace, discovery, now=clock(), check=check)
    wanted, ignored = without_ignored(every, params.get("ignore") or [])
    for one in ignored:
        report(f"  note: {one}: not waited for")
    feed = Feed(client, discovery)
    wait = Wait(wanted, feed, discovery, report=report, clock=clock, options=options)
    try:
        end = wait.until_settled(params["timeout"], params["stable_for"], check=check)
    finally:
        feed.close()
    return _answer(wait, end, client, params, options, report)


def _answer(
    wait: Wait,
    end: End,
    client: Client,
    params: Mapping[str, Any],
    options: Options,
    report: Report,
) -> dict[str, Any]:
    """Tell how it ended: the result, and for a failure the report before it."""
    seconds = wait.elapsed()
    found: dict[Ref, details.Details] = {}
    if end in (End.READY, End.CHECKED):
        for line in progress.notes(wait.board):
            report(line)
        answer = result.good(wait.board, seconds, checked=end is End.CHECKED)
    else:
        found = details.collect(client, wait.board, wait.store, options)
        answer = result.bad(wait.board, seconds, found, timed_out=end is End.TIMEOUT)
        for line in failure.lines(wait.board, found):
            report(line)
    path = params.get("timeline")
    if path and end is not End.CHECKED:
        timeline.write(str(path), wait.board, wait.store, wait.started, seconds)
        report(f"  timeline: {path}")
    return answer


def steady_clock() -> Clock:
    """Return a wall clock that does not jump: the cluster's times are compared with it."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset


class Wait:
    """One wait. `feed` brings what happens, `clock` the time; it does no other I/O."""

    def __init__(
        self,
        wanted: list[Target],
        feed: Feed,
        discovery: Discovery,
        *,
        report: Report,
        clock: Clock,
        options: Options | None = None,
    ) -> None:
        self.store = Store()
        self.board = Board(wanted, self.store, options)
        self.started = clock()
        self._feed = feed
        self._discovery = discovery
        self._report = report
        self._clock = clock
        self._followed: set[Collection] = set()
        self._explaining: set[Collection] = set()
        self._needed = own(wanted)
        self._away_since: float | None = None
        self._away_s = 0.0
        self._last_line = self.started
        self._columns = progress.widths(self.board.entries)

    def until_settled(self, timeout_s: float, stable_for_s: float, *, check: bool) -> End:
        """Look, then watch until there is an answer."""
        listings = self._first_look()
        if check:
            return End.CHECKED
        end = self._ended(self._clock(), self.started + timeout_s, stable_for_s)
        if end is End.READY:
            return end
        for collection, listing in listings.items():
            self._feed.follow(collection, listing)
        return self._watch(timeout_s, stable_for_s)

    def elapsed(self) -> float:
        """Return for how many seconds it has waited."""
        return self._clock() - self.started

    def _first_look(self) -> dict[Collection, Listing]:
        wanted = [entry.target for entry in self.board.entries]
        listings = self._read(self._needed | to_decide(wanted, self._discovery))
        self.board.judge_all(self._clock())
        if more := self._unexplained():
            listings |= self._read(more)
            self.board.judge_all(self._clock())
        self._tell_first()
        return listings

    def _tell_first(self) -> None:
        """What is ready from the start is one line, however many objects it is."""
        now, entries = self._clock(), self.board.entries
        ready = self.board.of(Status.READY)
        if ready:
            self._say(progress.already_ready(len(ready), len(entries), now - self.started))
        rest = [one for one in entries if one.verdict.status is not Status.READY]
        self._tell(Moment(now, one.target, one.verdict) for one in rest)

    def _read(self, collections: Iterable[Collection]) -> dict[Collection, Listing]:
        """Read lists into the store. What only helps to explain may be forbidden to us."""
        found = {}
        for collection, listing in self._feed.read(collections).items():
            if isinstance(listing, KubeError):
                if collection in self._needed:
                    raise listing
                if _is_refused(listing):
                    self._followed.add(collection)
                continue
            self._followed.add(collection)
            found[collection] = listing
            self.store.update(collection, WatchEvent(Change.LISTED, objects=listing.objects))
        return found

    def _watch(self, timeout_s: float, stable_for_s: float) -> End:
        before = self._clock()
        while True:
            told = self._feed.next(TICK_S)
            now = self._clock()
            if self._away_since is not None:
                self._away_s += now - before
            before = now
            self._take_in(told, now)
            self._tell(self.board.judge_overdue(now - self.started - self._away_s, now))
            # An API server that is away costs its own time, up to as much again.
            deadline = self.started + timeout_s + min(self._away_s, timeout_s)
            if end := self._ended(now, deadline, stable_for_s):
                return end
            self._explain(now)
            self._beat(now)

    def _explain(self, now: float) -> None:
        """Read and follow what a target that is no longer ready needs besides."""
        if self._away_since is None and (listings := self._read(self._unexplained())):
            for collection, listing in listings.items():
                self._feed.follow(collection, listing)
            self._tell(self.board.judge_all(now))

    def _take_in(self, told: Iterable[tuple[Collection, WatchEvent]], now: float) -> None:
        touched = [
            obj for collection, event in told for obj in self.store.update(collection, event)
        ]
        self._notice_outage(now)
        self._tell(self.board.judge_touched(touched, now))
        if self._away_since is None:
            self._tell(self.board.judge_troubled(now))

    def _notice_outage(self, now: float) -> None:
        """Say when what is waited for cannot be seen, and when it can again."""
        lost = [why for one, why in self.store.lost.items() if one in self._needed]
        if lost and self._away_since is None:
            self._away_since = now
            self._say(progress.away(now - self.started, lost[0]))
        elif not lost and self._away_since is not None:
            self._say(progress.back(now - self.started, now - self._away_since))
            self._away_since = None

    def _unexplained(self) -> set[Collection]:
        """Return what must be read to explain what is not ready, and was not read yet."""
        for entry in self.board.newly_unready():
            live = self.store.get(entry.target.ref)
            self._explaining |= to_explain(entry.target, live, self._discovery)
        return self._explaining - self._followed

    def _ended(self, now: float, deadline: float, stable_for_s: float) -> End | None:
        unsettled, failure_at = self.board.unsettled, self.board.first_failure
        if failure_at is not None and (not unsettled or now - failure_at >= GATHER_S):
            return End.FAILED
        if not unsettled:
            changed = max((one.since for one in self.board.entries), default=self.started)
            is_stable = now - changed >= stable_for_s or not self.board.entries
            return End.READY if is_stable else None
        if now >= deadline and not all(map(self.board.has_deadline, unsettled)):
            return End.TIMEOUT
        if all(one.verdict.status is Status.SUSPENDED for one in unsettled):
            quiet = now - max(one.since for one in unsettled)
            return End.SUSPENDED if quiet >= SUSPENDED_S else None
        return None

    def _tell(self, moments: Iterable[Moment]) -> None:
        for moment in moments:
            self._say(progress.line(moment, self.started, self._columns))

    def _beat(self, now: float) -> None:
        if now - self._last_line >= HEARTBEAT_S:
            since = self._away_since
            away_s = None if since is None else now - since
            self._say(progress.heartbeat(self.board, now - self.started, away_s))

    def _say(self, line: str) -> None:
        self._last_line = self._clock()
        self._report(line)


def _is_refused(error: KubeError) -> bool:
    """Whether asking again will not help: no permission, no such list."""
    return isinstance(error, ApiError) and 400 <= error.status < 500 and error.status != 429
