# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes single guards out of the gate, so that a test can show that it would see the fault.

For negative controls only, in a deployer's own process; the product has no such switch.
"""

from __future__ import annotations

import os
import secrets
import signal
from datetime import UTC, datetime, timedelta

from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    cursor,
    jobs,
    lease,
    lock,
    preflight,
    records,
    slots,
    steps,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.patience import Patience
from ansible_collections.slipway.stack.plugins.module_utils.migrations.scribe import Scribe
from ansible_collections.slipway.stack.plugins.module_utils.migrations.steps import Scene
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store


def no_lease() -> None:
    """Everybody believes to hold the Lease."""
    Lock.held = property(lambda self: True)
    Lock.try_take = lambda self: True
    Lock.keep = Lock.confirm = Lock.release = lambda self: None


def no_slot() -> None:
    """Every Job has a name of its own, so that creating one excludes nobody."""
    named = slots.job_name
    slots.job_name = lambda database, number: f"{named(database, number)}-{secrets.token_hex(2)}"


def no_look() -> None:
    """Jobs and pods that are there at the first look are not seen."""
    look, oldest = Store.scene, Scene.unrecorded
    hidden: list[set[str]] = []

    def scene(self, database):
        found = look(self, database)
        hidden.append({job["metadata"]["uid"] for job in found.jobs})
        return found

    def unrecorded(self):
        seen = tuple(job for job in self.jobs if job["metadata"]["uid"] not in hidden[0])
        return oldest(Scene(self.records, seen))

    Store.scene, Scene.unrecorded = scene, unrecorded
    Store.live_pods = lambda self, database: []


def no_policies() -> None:
    """The Job retries as Jobs do when nobody forbids it."""
    strict = jobs.manifest

    def manifest(*arguments):
        made = strict(*arguments)
        for field in ("podFailurePolicy", "podReplacementPolicy", "backoffLimit"):
            del made["spec"][field]
        return made

    jobs.manifest = manifest


def no_preflight() -> None:
    """Nothing is checked before the Job exists."""
    preflight.check = lambda store, job: None


def no_patience() -> None:
    """The first request that fails ends the deployer."""

    def give_up(self, error):
        raise error

    Patience.bear = give_up


def no_memory() -> None:
    """A failure of this very deployment is not remembered."""
    steps._failed_since = lambda *given: None


def no_records() -> None:
    """What is recorded as passed is not looked up."""
    Scene.passed = lambda self, run_id: None


def no_confirm() -> None:
    """Whoever has held the Lease goes on as if it still did."""
    Lock.confirm = lambda self: None


def no_cursor() -> None:
    """A log that is read again begins at its first line, and all of it counts as new."""
    cursor.Cursor.resume = lambda self: {}


def owned_records() -> None:
    """Records belong to their Job, so that they go when it goes."""
    write = records.written

    def written(job, *rest):
        made = write(job, *rest)
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": job["metadata"]["name"]}
        made["metadata"]["ownerReferences"] = [owner | {"uid": job["metadata"]["uid"]}]
        return made

    records.written = written


def by_the_clock() -> None:
    """The time that stands in the Lease is compared with one's own clock."""
    patient = lease.move

    def move(found, seen, now):
        if found is None or not lease.holder(found):
            return patient(found, seen, now)
        renewed = datetime.fromisoformat(found["spec"]["renewTime"])
        silent = datetime.now(UTC) - renewed > timedelta(seconds=lease.DURATION_S)
        return lease.Move.TAKE if silent else lease.Move.WAIT

    lease.move = move


def clock_behind() -> None:
    """The deployer's clock is an hour slow: no guard, but what one is against."""

    def stamp():
        return (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    lock._stamp = stamp


def die_before_record() -> None:
    """The deployer is killed when the migration has passed and nothing is written yet."""
    Scribe.record = lambda self, job, pods, verdict: os.kill(os.getpid(), signal.SIGKILL)


TAKE_OUT = {
    each.__name__.replace("_", "-"): each
    for each in (
        no_lease,
        no_slot,
        no_look,
        no_policies,
        no_preflight,
        no_patience,
        no_memory,
        no_records,
        no_confirm,
        no_cursor,
        owned_records,
        by_the_clock,
        clock_behind,
        die_before_record,
    )
}
