# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes records: judges a Job that is over, keeps its log, lets it go."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    classify,
    jobs,
    records,
    slots,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Verdict
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.witness import Witness
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import Voice

KEEP_S = 86400
"""How long a finished Job is kept. Its name must stay taken for longer than any request to create
it travels (tests/model/gate.pml); the record keeps what it was."""


class Scribe:
    """Writes while the Lease is held, and asks for it before every record."""

    def __init__(self, store: Store, lock: Lock, witness: Witness, voice: Voice) -> None:
        self._store = store
        self._lock = lock
        self._witness = witness
        self._voice = voice

    def settle(self, job: Object) -> None:
        """Judge a Job that is over and write its record. Raises LockLost, KubeError."""
        pods = self._witness.look_at_the_end(job)
        self.record(job, pods, classify.outcome(job, pods, self._store.events(pods)))

    def record(self, job: Object, pods: list[Object], verdict: Verdict) -> str:
        """Write the record, after its log, and return its name. May be repeated."""
        run, sequence = jobs.run_of(job), jobs.sequence(job)
        before = (each for each in self._store.records(run.database) if each.sequence < sequence)
        attempt = records.attempt(before, run.run_id)
        seen = self._witness.transcript(job["metadata"]["uid"])
        log = seen.log() if seen else records.Log()
        record = records.written(job, pods, verdict, attempt, log)
        name = records.record_name(run, sequence, passed=verdict.passed)
        self._lock.confirm()
        self._store.create_once("secrets", records.log_secret(job, name, log))
        self._store.create_once("configmaps", record)
        if job["metadata"]["uid"]:
            self._let_go(job, name)
        self._voice.say(f"recorded as {name}: {verdict.sentence}")
        return name

    def owe(self, run: jobs.Run, sequence: int, job: Object) -> None:
        """Note that a run of phase post is due: until it passed, no other release may begin."""
        kept = objects.labels(job)
        note = records.owed(run, sequence, self._store.namespace, kept, self._lock.me)
        self._store.create_once("configmaps", note)

    def bring_home(self, marker: str) -> None:
        """Copy a marker to the pods that refer to it, if they are in another namespace."""
        home = self._store.home
        if home is self._store or home.get("configmaps", marker):
            return
        if found := self._store.get("configmaps", marker):
            home.create_once("configmaps", records.copied(found, home.namespace))

    def _let_go(self, job: Object, record: str) -> None:
        """Note the record on the Job, and let the cluster delete the Job later."""
        note = {
            "metadata": {"annotations": {slots.RECORD: record}},
            "spec": {"ttlSecondsAfterFinished": KEEP_S},
        }
        self._store.patch("jobs", job["metadata"]["name"], note)
