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
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record
from ansible_collections.slipway.stack.plugins.module_utils.migrations.scribe import Scribe
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.witness import Witness
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import Voice, World

TICK_S = 1.0
LOOK_AT_LOCK_S = 3.0
API_PATIENCE_S = 300.0


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
        self._obstacles = Obstacles(store, lock, world, self._voice)
        self._start: steps.Start | None = None
        self._checked = False
        self._lost: LockLost | None = None
        self._created: set[str] = set()
        self._followed: set[str] = set()
        self._baselined: set[str] = set()
        self._follow_since: float | None = None
        self._waited_s = 0.0
        self._next_look = 0.0
        self._outage_since: float | None = None

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
                self._bear(error)
                continue
            if ending:
                return ending

    def _turn(self) -> Ending | None:
        scene = self._store.scene(self._run.database)
        self._outage_since = None
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
        """Watch a Job of this run until it is over, or this deployer's time is."""
        self._greet(job)
        since = self._follow_since = self._follow_since or self._world.clock()
        name, uid = job["metadata"]["name"], job["metadata"]["uid"]
        while True:
            self._mind_lock()
            now = self._store.get("jobs", name)
            if now is None or now["metadata"]["uid"] != uid:
                return self._vanished(job)
            seen = self._witness.look(now)
            if jobs.ended(now):
                return None
            self._obstacles.mind(now, seen)
            took_s = self._world.clock() - since
            if took_s >= self._limits.timeout_s:
                return self._unfinished(now, took_s)
            self._voice.heartbeat(f"Job {name} is running, {took_s:.0f} s")
            self._world.sleep(TICK_S)

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

    def _vanished(self, job: Object) -> Ending:
        """A Job that somebody deleted leaves no trace but this record."""
        verdict = Verdict(
            Class.INTERRUPTED,
            f"Job {job['metadata']['name']} was deleted while it ran; its SQL may still run",
        )
        if self._lock.held:
            self._scribe.record(job, self._witness.remembered(job), verdict)
        return self._end(Outcome.FAILED, verdict.cls, verdict.sentence, job=job)

    def _wait(self, what: str) -> Ending | None:
        """Let time pass because of `what`; the answer when there is none left."""
        if self._waited_s >= self._limits.lock_wait_s:
            return self._end(
                Outcome.FAILED,
                Class.LOCKED,
                f"waited {self._waited_s:.0f} s for {what}. Let it end, or raise lock_wait.",
            )
        self._voice.say_once(f"waiting for {what}")
        self._voice.heartbeat(f"still waiting for {what}, {self._waited_s:.0f} s")
        self._mind_lock()
        before = self._world.clock()
        self._world.sleep(TICK_S)
        self._waited_s += self._world.clock() - before
        return None

    def _mind_lock(self) -> None:
        """Keep the Lease, or look whether its holder is gone. Raises LockLost."""
        if self._lock.held:
            self._lock.keep()
        elif not self._lost and self._world.clock() >= self._next_look:
            self._next_look = self._world.clock() + LOOK_AT_LOCK_S
            self._lock.try_take()

    def _bear(self, error: ApiError | ConnectError) -> None:
        """Wait for an API server that is away for a while. Raises what does not pass by itself."""
        passing = isinstance(error, ConnectError) or error.status == 429 or error.status >= 500
        if self._start is None or not passing:
            raise error
        now = self._world.clock()
        self._outage_since = self._outage_since or now
        if now - self._outage_since >= API_PATIENCE_S:
            raise error
        self._voice.say_once(f"the API server does not answer, trying on: {error}")
        self._world.sleep(TICK_S)

    def _manifest(self, sequence: int) -> Object:
        made = jobs.manifest(
            self._job, self._run, sequence, self._store.namespace, self._limits.timeout_s
        )
        made["metadata"]["annotations"][slots.BY] = self._lock.me
        return made

    def _unfinished(self, job: Object, took_s: float) -> Ending:
        return self._end(
            Outcome.IN_PROGRESS,
            Class.IN_PROGRESS,
            f"Job {job['metadata']['name']} is still running after {took_s:.0f} s (timeout). It "
            "goes on by itself; deploy again to follow it, or raise timeout.",
            job=job,
        )

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
            waited_s=round(self._waited_s, 1),
        )
