# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next about one run: one look at the cluster in, one step out.

Pure, and the heart of the gate: no step remembers an earlier one, so a deployer that dies
anywhere is followed by one that looks, and goes on from what it sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.jobs import Run
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Owed, Record


class Scene(NamedTuple):
    """Everything about one database at one moment: its records and Jobs."""

    records: tuple[Record, ...]
    jobs: tuple[Object, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def taken(self) -> int:
        """The highest sequence that any record or Job has; 0 without any."""
        recorded = (record.sequence for record in self.records)
        return max([0, *recorded, *map(jobs.sequence, self.jobs)])

    def passed(self, run_id: str) -> Record | None:
        """Return the record of a passed run."""
        return next((rec for rec in self.records if rec.passed and rec.run_id == run_id), None)

    def unrecorded(self) -> Object | None:
        """Return the oldest Job whose end is not recorded yet."""
        left = [job for job in self.jobs if not jobs.recorded(job)]
        return min(left, key=jobs.sequence, default=None)


class Start(NamedTuple):
    """What the deployer found when it began: names of records, and the highest sequence."""

    known: frozenset[str]
    taken: int


class Unrecorded(StrEnum):
    """What may be done on a database of which nothing is recorded."""

    RUN = "run"
    BASELINE = "baseline"
    REFUSE = "refuse"


class Terms(NamedTuple):
    """On which terms this deployer may act.

    unrecorded: on a database of which nothing is recorded. release: ids of all runs that its
    release wants on this database. pardoned: migrations of phase post that may stay undone.
    """

    unrecorded: Unrecorded = Unrecorded.RUN
    release: frozenset[str] = frozenset()
    pardoned: frozenset[str] = frozenset()


ANY = Terms()


@dataclass(frozen=True, slots=True)
class Done:
    """The run is over: its record, passed or failed."""

    record: Record


@dataclass(frozen=True, slots=True)
class Refuse:
    """The run must not happen. sentence: why."""

    cls: Class
    sentence: str


@dataclass(frozen=True, slots=True)
class Follow:
    """A Job of this very run is alive: watch it, whoever made it."""

    job: Object


@dataclass(frozen=True, slots=True)
class Wait:
    """A Job of another run is alive on this database."""

    job: Object


@dataclass(frozen=True, slots=True)
class Settle:
    """A Job is over and not recorded, its deployer died: write what became of it."""

    job: Object


@dataclass(frozen=True, slots=True)
class Create:
    """Nothing is in the way: run in this slot."""

    sequence: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Record the run in this slot without running it: the database is there already."""

    sequence: int


Step: TypeAlias = "Done | Refuse | Follow | Wait | Settle | Create | Baseline"


def started(scene: Scene) -> Start:
    """Return the start of a deployer that sees `scene` first."""
    return Start(frozenset(record.name for record in scene.records), scene.taken)


def step(scene: Scene, run: Run, start: Start, terms: Terms = ANY) -> Step:
    """Return the next step towards the record of `run`."""
    if hit := scene.passed(run.run_id):
        floor = contract_floor(scene, hit, terms.release)
        return Refuse(Class.BACKWARDS, floor) if floor else Done(hit)
    if failure := _failed_since(scene, run, start):
        return Done(failure)
    if newer := _overtaken(scene, run, start):
        return Refuse(Class.BACKWARDS, newer)
    job = scene.unrecorded()
    if job is None:
        return _begin(scene, run, terms)
    if jobs.ended(job):
        return Settle(job)
    return Follow(job) if jobs.run_of(job).run_id == run.run_id else Wait(job)


def _begin(scene: Scene, run: Run, terms: Terms) -> Step:
    """Return what begins the run; nothing is in the way."""
    known = [record for record in scene.records if record.incarnation == run.incarnation]
    if run.phase == "pre" and (debts := due(scene, run, terms)):
        return Refuse(Class.OWED, _debt(run, debts[0]))
    if terms.unrecorded is Unrecorded.REFUSE and not known:
        return Refuse(
            Class.UNRECORDED,
            f"database {run.database} is outside the cluster, and nothing is recorded of it in "
            "this namespace: it may have been migrated from elsewhere. If it has, record that by "
            "baseline; if it is empty, allow the run by rerun.",
        )
    same = [record for record in known if record.migration == run.name and record.passed]
    if terms.unrecorded is Unrecorded.BASELINE and not same:
        return Baseline(scene.taken + 1)
    attempts = sum(record.run_id == run.run_id for record in scene.records)
    return Create(scene.taken + 1, attempts + 1)


def due(scene: Scene, run: Run, terms: Terms) -> list[Owed]:
    """Return the runs of phase post that other releases left undone on this database."""
    return [
        debt
        for debt in scene.owed
        if debt.incarnation == run.incarnation
        and debt.run_id not in terms.release
        and debt.migration not in terms.pardoned
        and not any(_settles(record, debt) for record in scene.records)
    ]


def _settles(record: Record, debt: Owed) -> bool:
    later = record.migration == debt.migration and record.sequence > debt.sequence
    return record.passed and (record.run_id == debt.run_id or (later and record.phase == "post"))


def _debt(run: Run, debt: Owed) -> str:
    return (
        f"the release before this one has not ended: its {debt.migration} (phase post, run "
        f"{debt.run_id[:12]}) is due on {run.database} since {debt.by} rolled it out. Deploy that "
        f"release again to end it, or say rerun for {debt.migration} to let this release's make "
        "up for it."
    )


def contract_floor(scene: Scene, hit: Record, release: frozenset[str] = frozenset()) -> str:
    """Say why the schema has gone too far for the release of `hit`, "" if it has not.

    release: the ids of its runs; what it has contracted itself is no floor for it.
    """
    for later in scene.records:
        if not later.passed or later.sequence <= hit.sequence or later.run_id in release:
            continue
        if later.incarnation != hit.incarnation:
            continue
        if later.phase == "post" and hit.phase == "pre":
            return _floor(hit, later, "took away what the older release needs (phase post)")
        if later.migration == hit.migration and later.backward_compatible == "false":
            return _floor(hit, later, "is declared as not backward compatible")
    return ""


def _floor(hit: Record, later: Record, why: str) -> str:
    return (
        f"this release is older than the schema: its run has sequence {hit.sequence}, and "
        f"{later.migration} (sequence {later.sequence}, {later.ended}) {why}. "
        f"Deploy a release that contains {later.migration}, or a newer one."
    )


def _failed_since(scene: Scene, run: Run, start: Start) -> Record | None:
    """Return this run's failure since we began: it is never tried again unasked."""
    fresh = [
        record
        for record in scene.records
        if record.run_id == run.run_id and not record.passed and record.name not in start.known
    ]
    return max(fresh, key=lambda record: record.sequence, default=None)


def _overtaken(scene: Scene, run: Run, start: Start) -> str:
    """Say which release of the same migration passed since we began, "" if none did."""
    for record in scene.records:
        same = record.migration == run.name and record.incarnation == run.incarnation
        if same and record.passed and record.sequence > start.taken:
            return (
                f"while this deployer waited, another release of {run.name} passed on "
                f"{run.database} (run {record.run_id[:12]}, sequence {record.sequence}). Which of "
                "the two is newer cannot be known here: if it is this one, deploy it again."
            )
    return ""
