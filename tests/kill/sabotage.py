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

from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    jobs,
    preflight,
    slots,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
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
        die_before_record,
    )
}
