# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the wait: what is known of each target, since when, and what is to be told.

No network, no clock: the wait feeds it with objects and times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.health.assess import read
from ansible_collections.slipway.stack.plugins.module_utils.health.judge import (
    Key,
    judge,
    next_look,
    remember,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status, Verdict
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import BY_NAME
from ansible_collections.slipway.stack.plugins.module_utils.health.options import Options
from ansible_collections.slipway.stack.plugins.module_utils.health.partial import enough
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    metadata,
    ref,
)

UNKNOWN = Verdict(Status.UNKNOWN, "Unread", "not read yet")


@dataclass(slots=True)
class Entry:
    """One target's state. Times are seconds since the epoch."""

    target: Target
    verdict: Verdict = UNKNOWN
    since: float = 0.0
    ready_at: float | None = None
    uid: str = ""  # of the live object, "" while there is none
    was_complete: bool = False
    overdue: float | None = None  # its deadline in seconds, once that has passed
    troubles: dict[Key, float] = field(default_factory=dict)
    look_at: float = math.inf  # when time alone may change the verdict


class Moment(NamedTuple):
    """One change of a verdict, for the timeline and the live lines."""

    at: float
    target: Target
    verdict: Verdict


class Board:
    """Judges targets anew when something about them changed or time may have changed them."""

    def __init__(
        self, targets: Iterable[Target], store: Store, options: Options | None = None
    ) -> None:
        self.entries = [Entry(target) for target in targets]
        self.timeline: list[Moment] = []
        self._store = store
        self._options = options or Options()
        self._began = 0.0
        self._by_ref = {entry.target.ref: entry for entry in self.entries}
        self._by_uid: dict[str, Entry] = {}
        self._unsettled = dict(self._by_ref)
        self._failed: dict[Ref, Entry] = {}
        self._look_at = math.inf
        self._judged: dict[Ref, Entry] = {}
        self._lookers: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for kind in BY_NAME.get(entry.target.ref.kind, ()):
                self._lookers.setdefault(kind, []).append(entry)

    def judge_all(self, now: float) -> list[Moment]:
        """Judge every target; return what changed. The first time is when the wait begins."""
        self._began = self._began or now
        return self._judge(self.entries, now)

    def judge_troubled(self, now: float) -> list[Moment]:
        """Judge what time alone may have changed."""
        if now < self._look_at:
            return []
        moments = self._judge([one for one in self.entries if one.look_at <= now], now)
        self._look_at = min((one.look_at for one in self.entries), default=math.inf)
        return moments

    def judge_overdue(self, elapsed_s: float, now: float) -> list[Moment]:
        """Fail what has a deadline for its kind and did not keep it."""
        passed = {kind for kind, at in self._options.deadlines.items() if elapsed_s >= at}
        if not passed:
            return []
        late = [one for one in self.pending if one.target.ref.kind in passed]
        for one in late:
            one.overdue = self._options.deadlines[one.target.ref.kind]
        return self._judge(late, now)

    def has_deadline(self, entry: Entry) -> bool:
        """Whether its kind has a deadline of its own, which then counts alone."""
        return entry.target.ref.kind in self._options.deadlines

    def judge_touched(self, touched: Iterable[Object], now: float) -> list[Moment]:
        """Judge the targets that these objects belong to or are looked up by."""
        found: dict[Ref, Entry] = {}
        for obj in touched:
            for entry in self._affected(obj):
                found[entry.target.ref] = entry
        return self._judge(found.values(), now)

    def _affected(self, obj: Object) -> Iterator[Entry]:
        """Find by index what an object belongs to: there may be thousands of targets."""
        if entry := self._by_ref.get(ref(obj)):
            yield entry
        above = self._store.above(obj)
        for uid in above:
            if entry := self._by_uid.get(uid):
                yield entry
        yield from self._looking_at(obj)
        for one in self._store.known(above):  # an event about a claim
            if one is not obj and ref(one).kind == "PersistentVolumeClaim":
                yield from self._looking_at(one)

    def _looking_at(self, obj: Object) -> Iterator[Entry]:
        """Find what is not ready and looks this object up."""
        found = [self._by_ref.get(ref(one)) for one in self._store.selecting(obj)]
        for entry in (*found, *self._lookers.get(ref(obj).kind, ())):
            if entry and entry.verdict.status is not Status.READY:
                is_near = ref(obj).namespace in ("", entry.target.ref.namespace)
                if is_near:
                    yield entry

    def rewrite(self, entry: Entry, change: Callable[[Verdict], Verdict]) -> None:
        """Change what is told of an entry, now and in the timeline: secrets are masked so."""
        entry.verdict = change(entry.verdict)
        self.timeline = [
            one._replace(verdict=change(one.verdict)) if one.target is entry.target else one
            for one in self.timeline
        ]

    def of(self, *statuses: Status) -> list[Entry]:
        """Return the entries with one of these statuses."""
        return [one for one in self.entries if one.verdict.status in statuses]

    @property
    def unsettled(self) -> Collection[Entry]:
        """What may still become ready, in no order."""
        return self._unsettled.values()

    @property
    def first_failure(self) -> float | None:
        """When the first of those failed that cannot become ready any more."""
        return min((one.since for one in self._failed.values()), default=None)

    def newly_unready(self) -> list[Entry]:
        """Return what was judged not ready since the last call."""
        found, self._judged = self._judged, {}
        return list(found.values())

    @property
    def failed(self) -> list[Entry]:
        """What cannot become ready any more."""
        return self.of(Status.FAILED)

    @property
    def pending(self) -> list[Entry]:
        """What may still become ready."""
        return [one for one in self.entries if one.target.ref in self._unsettled]

    def _judge(self, entries: Iterable[Entry], now: float) -> list[Moment]:
        moments = [moment for one in entries if (moment := self._judge_one(one, now))]
        self.timeline += moments
        return moments

    def _judge_one(self, entry: Entry, now: float) -> Moment | None:
        obj = self._store.get(entry.target.ref)
        verdict = _swept(entry, _late(entry, self._verdict(entry, obj, now)))
        before, entry.verdict = entry.verdict, verdict
        if verdict.status is not before.status:
            entry.since = now
            entry.ready_at = now if verdict.status is Status.READY else None
        if obj:
            uid = str(metadata(obj).get("uid") or "")
            was_complete = entry.was_complete and uid == entry.uid
            entry.uid = uid
            self._by_uid[uid] = entry
            entry.was_complete = was_complete or verdict.reason == "Complete"
        self._sort_in(entry)
        told = (verdict.status, verdict.message) != (before.status, before.message)
        return Moment(now, entry.target, verdict) if told else None

    def _sort_in(self, entry: Entry) -> None:
        """Keep what the wait asks for at each event, without a walk through all entries."""
        one = entry.target.ref
        for group, belongs in (
            (self._unsettled, not is_settled(entry)),
            (self._failed, entry.verdict.status is Status.FAILED),
            (self._judged, entry.verdict.status is not Status.READY),
        ):
            if belongs:
                group[one] = entry
            else:
                group.pop(one, None)
        self._look_at = min(self._look_at, entry.look_at)

    def _verdict(self, entry: Entry, obj: Object | None, now: float) -> Verdict:
        entry.look_at = math.inf
        if obj is None:
            return _absent(entry, self._store.names(entry.target.ref))
        view = View(
            self._store.related(obj),
            now,
            entry.target.applied,
            entry.target.reports,
            self._options.rules,
            self._began,
        )
        seen = read(obj, view)
        entry.troubles = remember(entry.troubles, seen.troubles, now)
        entry.look_at = next_look(seen, entry.troubles, now, not_before=view.applied_at)
        verdict = judge(seen, entry.troubles, now, not_before=view.applied_at)
        if verdict.reason == "Replaced":
            return Verdict(Status.FAILED, "Replaced", verdict.message, verdict.evidence)
        return enough(obj, verdict, self._options.share)


def is_settled(entry: Entry) -> bool:
    """Whether nothing is waited for any more: ready, failed, or a CronJob that is switched off."""
    if entry.verdict.status is Status.SUSPENDED:
        return entry.target.ref.kind == "CronJob"
    return entry.verdict.status in (Status.READY, Status.FAILED)


def _swept(entry: Entry, verdict: Verdict) -> Verdict:
    """A Job that was complete is removed after its time to live: that takes nothing back."""
    is_swept = entry.was_complete and entry.target.ref.kind == "Job"
    if not is_swept or verdict.status is not Status.TERMINATING:
        return verdict
    return Verdict(Status.READY, "Complete", "complete, and being removed")


def _late(entry: Entry, verdict: Verdict) -> Verdict:
    """Fail what is still not ready after its kind's deadline."""
    if entry.overdue is None or verdict.status in (Status.READY, Status.FAILED):
        return verdict
    text = f"not ready within its {entry.overdue:.0f} s: {verdict.message}"
    return Verdict(Status.FAILED, "DeadlineExceeded", text, verdict.evidence, verdict.troubles)


def _absent(entry: Entry, others: list[str]) -> Verdict:
    """Judge a target that is not there: deleted, or not created yet."""
    entry.troubles = {}
    if not entry.target.served:
        text = f"the API server does not serve {entry.target.ref.kind} yet"
        return Verdict(Status.MISSING, "KindNotServed", text)
    if entry.was_complete:
        return Verdict(Status.READY, "Complete", "complete, and removed after its time to live")
    if entry.uid or entry.target.applied.uid:
        return Verdict(Status.FAILED, "Deleted", "somebody deleted it while it was waited for")
    hint = nearest(entry.target.ref.name, others)
    return Verdict(
        Status.MISSING, "Missing", f"does not exist.{hint}" if hint else "does not exist"
    )
