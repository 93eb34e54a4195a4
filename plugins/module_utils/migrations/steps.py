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
from typing import TypeAlias

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.jobs import Run
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about one database at one moment: its records and Jobs."""

    records: tuple[Record, ...]
    jobs: tuple[Object, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Start:
    """What the deployer found when it began: names of records, and the highest sequence."""

    known: frozenset[str]
    taken: int


class Unrecorded(StrEnum):
    """What may be done on a database of which nothing is recorded."""

    RUN = "run"
    BASELINE = "baseline"
    REFUSE = "refuse"


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


def step(scene: Scene, run: Run, start: Start, unrecorded: Unrecorded = Unrecorded.RUN) -> Step:
    """Return the next step towards the record of `run`."""
    if hit := scene.passed(run.run_id):
        floor = contract_floor(scene, hit)
        return Refuse(Class.BACKWARDS, floor) if floor else Done(hit)
    if failure := _failed_since(scene, run, start):
        return Done(failure)
    if newer := _overtaken(scene, run, start):
        return Refuse(Class.BACKWARDS, newer)
    job = scene.unrecorded()
    if job is None:
        return _begin(scene, run, unrecorded)
    if jobs.ended(job):
        return Settle(job)
    return Follow(job) if jobs.run_of(job).run_id == run.run_id else Wait(job)


def _begin(scene: Scene, run: Run, unrecorded: Unrecorded) -> Step:
    """Return what begins the run; nothing is in the way."""
    known = [record for record in scene.records if record.incarnation == run.incarnation]
    if unrecorded is Unrecorded.REFUSE and not known:
        return Refuse(
            Class.UNRECORDED,
            f"database {run.database} is outside the cluster, and nothing is recorded of it in "
            "this namespace: it may have been migrated from elsewhere. If it has, record that by "
            "baseline; if it is empty, allow the run by rerun.",
        )
    same = [record for record in known if record.migration == run.name and record.passed]
    if unrecorded is Unrecorded.BASELINE and not same:
        return Baseline(scene.taken + 1)
    attempts = sum(record.run_id == run.run_id for record in scene.records)
    return Create(scene.taken + 1, attempts + 1)


def contract_floor(scene: Scene, hit: Record) -> str:
    """Say why the schema has gone too far for the release of `hit`, "" if it has not."""
    for later in scene.records:
        if not later.passed or later.sequence <= hit.sequence:
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
