# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives up a Job that cannot start, after as long as its hindrance deserves."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.hindrance import (
    Hindrance,
    hindrance,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.pods import started
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import Voice, World

SETTLING_S = 5.0


class Obstacles:
    """How long the same thing has kept a Job from starting, on our own clock."""

    def __init__(self, store: Store, lock: Lock, world: World, voice: Voice) -> None:
        self._store = store
        self._lock = lock
        self._world = world
        self._voice = voice
        self._since: tuple[Class, float] | None = None

    def mind(self, job: Object, pods: list[Object]) -> None:
        """Look at a Job that is not over; stop it when patience is at its end. Raises LockLost."""
        found = self._hindrance(job, pods)
        if found is None:
            self._since = None
            return
        now = self._world.clock()
        if self._since is None or self._since[0] is not found.cls:
            self._since = (found.cls, now)
        lasted_s = now - self._since[1]
        if lasted_s >= SETTLING_S:
            self._voice.say_once(found.sentence)
        if lasted_s >= found.patience_s and self._lock.held:
            self._stop(job, found)

    def _hindrance(self, job: Object, pods: list[Object]) -> Hindrance | None:
        if pods and started(pods[-1]):
            return None
        return hindrance(job, pods, self._store.events([job, *pods]))

    def _stop(self, job: Object, found: Hindrance) -> None:
        """End the Job by its own deadline: unlike a deleted one, it keeps its slot and story."""
        if jobs.note(job, slots.STOPPED):
            return
        self._lock.confirm()
        self._voice.say(f"giving up: {found.sentence}")
        note = {
            "metadata": {"annotations": {slots.STOPPED: f"{found.cls}: {found.sentence}"}},
            "spec": {"activeDeadlineSeconds": 1},
        }
        self._store.patch("jobs", job["metadata"]["name"], note)
