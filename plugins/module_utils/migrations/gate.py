# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One migration's way to its record: look, take one step, look again.

steps.py decides by what the cluster shows; this file carries it out. What a deployer knows besides
(logs, who created a Job) only serves its messages, so it may die anywhere and another goes on.
"""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
    KubeError,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    elders,
    jobs,
    lease,
    pods,
    preflight,
    slots,
    steps,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import (
    Class,
    Verdict,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.ending import (
    Ending,
    Outcome,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import LockLost
from ansible_collections.slipway.stack.plugins.module_utils.migrations.follow import Follower
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles
from ansible_collections.slipway.stack.plugins.module_utils.migrations.patience import Patience
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record
from ansible_collections.slipway.stack.plugins.module_utils.migrations.scribe import Scribe
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.witness import Witness
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import Voice, World

LOOK_AT_LOCK_S = 3.0


class Limits(NamedTuple):
    """How long this deployer waits: for its Job to end, and for other deployers (seconds).

    terms: what else it may do, and with which other runs it belongs together.
    """

    timeout_s: int
    lock_wait_s: int
    terms: steps.Terms = steps.ANY


class Gate:
    """One deployer's attempt to get one run recorded."""

    def __init__(
        self, run: jobs.Run, job: Object, store: Store, lock: Lock, world: World, limits: Limits
    ) -> None:
        """job: as the role rendered it."""
        self._run, self._job, self._store = run, job, store
        self._lock, self._world, self._limits = lock, world, limits
        self._voice = Voice(run.name, world)
        self._witness = Witness(store, world, self._voice, lock.keep)
        self._scribe = Scribe(store, lock, self._witness, self._voice)
        self._patience = Patience(world, self._voice, limits.lock_wait_s)
        obstacles = Obstacles(store, lock, world, self._voice)
        self._follower = Follower(
            store, world, self._voice, self._witness, obstacles, limits.timeout_s
        )
        self._start: steps.Start | None = None
        self._checked = False
        self._lost: LockLost | None = None
        self._created: set[str] = set()
        self._followed: set[str] = set()
        self._baselined: set[str] = set()
        self._next_look = 0.0

    def ensure(self) -> Ending:
        """Return when the run is recorded, refused, or this deployer's time is over.

        Raises MigrationError (refused before a Job exists) and KubeError.
        """
        known = self._store.known(self._run.database)
        first = self._next(known, steps.started(known))
        if isinstance(first, steps.Done | steps.Refuse):
            return self._concluded(first)
        if self._run.phase == "post":
            self._scribe.owe(self._run, known.taken, self._job)
        try:
            return self._until_over()
        finally:
            with contextlib.suppress(KubeError):  # then the Lease runs out by itself
                self._lock.release()

    def _until_over(self) -> Ending:
        while True:
            try:
                ending = self._turn()
            except LockLost as lost:
                self._lost = lost
                self._voice.say(f"{lost} Following the Job read-only.")
                continue
            except (ApiError, ConnectError) as error:
                if self._start is None:
                    raise
                self._patience.bear(error)
                continue
            if ending:
                return ending

    def _turn(self) -> Ending | None:
        scene = self._store.scene(self._run.database)
        self._patience.answered()
        self._start = self._start or steps.started(scene)
        step = self._next(scene, self._start)
        if self._lost and not isinstance(step, steps.Follow):
            return self._end(Outcome.FAILED, Class.LOCK_LOST, str(self._lost))
        if isinstance(step, steps.Done | steps.Refuse):
            return self._concluded(step)
        if isinstance(step, steps.Follow):
            return self._follow(step.job)
        if isinstance(step, steps.Wait | steps.Create):
            self._preflight(scene)
        if isinstance(step, steps.Wait):
            return self._wait(jobs.told(step.job))
        if not self._lock.held:
            return self._take_lock()
        if isinstance(step, steps.Create):
            return self._create(step)
        if isinstance(step, steps.Settle):
            self._settle(step.job)
        else:
            self._baseline(step)
        return None

    def _next(self, scene: steps.Scene, start: steps.Start) -> steps.Step:
        return steps.step(scene, self._run, start, self._limits.terms)

    def _concluded(self, step: steps.Done | steps.Refuse) -> Ending:
        if isinstance(step, steps.Refuse):
            return self._end(Outcome.FAILED, step.cls, step.sentence)
        record = step.record
        if not record.passed:
            return self._end(Outcome.FAILED, record.cls, record.sentence, record)
        self._scribe.bring_home(record.name)
        if record.name in self._baselined:
            return self._end(Outcome.BASELINED, record=record)
        if record.job_uid in self._created:
            return self._end(Outcome.PASSED, record=record)
        if record.job_uid in self._followed:
            return self._end(Outcome.ATTACHED, record=record)
        return self._end(Outcome.SKIPPED, record=record)

    def _preflight(self, scene: steps.Scene) -> None:
        if not self._checked:
            preflight.check(self._store, self._manifest(scene.taken + 1))
        self._checked = True

    def _take_lock(self) -> Ending | None:
        if self._lock.try_take():
            return None
        who = self._lock.blocker or "another deployer"
        return self._wait(
            f"the lock of {self._run.database}, held by {who} (taken over when it gives no sign "
            f"of life for {lease.DURATION_S} s)"
        )

    def _create(self, step: steps.Create) -> Ending | None:
        if alive := self._store.live_pods(self._run.database):
            return self._wait(f"{pods.told(alive[0])} to end; it may still run SQL")
        if self._run.phase == "post" and (older := self._elders()):
            return self._wait(f"{pods.told(older[0])} of an older release to end")
        self._lock.confirm()
        made = self._manifest(step.sequence)
        try:
            job = self._store.create("jobs", made)
        except ApiError as error:
            if error.status != 409:
                raise
            preflight.check_name(self._store, made["metadata"]["name"])
            return None
        self._created.add(job["metadata"]["uid"])
        self._voice.say(f"Job {job['metadata']['name']} created, attempt {step.attempt}")
        return None

    def _elders(self) -> list[Object]:
        records, release = self._store.records(self._run.database), self._limits.terms.release
        markers = elders.older_markers(records, self._run.incarnation, release)
        return elders.elders(self._store.home.find("pods"), markers) if markers else []

    def _follow(self, job: Object) -> Ending | None:
        self._greet(job)
        verdict = self._follower.follow(job, self._mind_lock)
        if verdict is None:
            return None
        if verdict.cls is Class.IN_PROGRESS:
            return self._end(Outcome.IN_PROGRESS, verdict.cls, verdict.sentence, job=job)
        if self._lock.held:  # a Job that somebody deleted leaves no trace but this record
            self._scribe.record(job, self._witness.remembered(job), verdict)
        return self._end(Outcome.FAILED, verdict.cls, verdict.sentence, job=job)

    def _greet(self, job: Object) -> None:
        uid = job["metadata"]["uid"]
        if uid not in self._followed | self._created:
            self._voice.say(f"Job {job['metadata']['name']} of this run exists: following it")
        self._followed.add(uid)

    def _settle(self, job: Object) -> None:
        self._followed.add(job["metadata"]["uid"])
        self._scribe.settle(job)

    def _baseline(self, step: steps.Baseline) -> None:
        verdict = Verdict(Class.NONE, "recorded as baseline, without running")
        never_made = jobs.baseline(self._manifest(step.sequence))
        self._baselined.add(self._scribe.record(never_made, [], verdict))

    def _wait(self, what: str) -> Ending | None:
        over = self._patience.wait(what, self._mind_lock)
        return self._end(Outcome.FAILED, Class.LOCKED, over) if over else None

    def _mind_lock(self) -> None:
        """Keep the Lease, or look whether its holder is gone. Raises LockLost."""
        if self._lock.held:
            self._lock.keep()
        elif not self._lost and self._world.clock() >= self._next_look:
            self._next_look = self._world.clock() + LOOK_AT_LOCK_S
            self._lock.try_take()

    def _manifest(self, sequence: int) -> Object:
        made = jobs.manifest(
            self._job, self._run, sequence, self._store.namespace, self._limits.timeout_s
        )
        made["metadata"]["annotations"][slots.BY] = self._lock.me
        return made

    def _end(
        self,
        outcome: Outcome,
        cls: Class = Class.NONE,
        sentence: str = "",
        record: Record | None = None,
        job: Object | None = None,
    ) -> Ending:
        meta = (job or {}).get("metadata") or {}
        seen = self._witness.transcript(record.job_uid if record else meta.get("uid", ""))
        return Ending(
            outcome,
            cls,
            sentence,
            record,
            job=record.job if record else meta.get("name", ""),
            log=seen.log().text if seen else "",
            waited_s=round(self._patience.waited_s, 1),
        )
