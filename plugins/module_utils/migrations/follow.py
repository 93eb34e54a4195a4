# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a Job of the run until it is over, gone, or this deployer's time is."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import (
    Class,
    Verdict,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.witness import Witness
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import (
    TICK_S,
    Voice,
    World,
)


class Follower:
    """Looks at a Job again and again, whoever made it; its time begins with the first look."""

    def __init__(
        self,
        store: Store,
        world: World,
        voice: Voice,
        witness: Witness,
        obstacles: Obstacles,
        timeout_s: int,
    ) -> None:
        """timeout_s: of this deployer, for all that it follows."""
        self._store, self._world, self._voice = store, world, voice
        self._witness, self._obstacles = witness, obstacles
        self._timeout_s = timeout_s
        self._since: float | None = None

    def follow(self, job: Object, meanwhile: Callable[[], None]) -> Verdict | None:
        """Return None when the Job is over, otherwise why it is followed no longer.

        meanwhile: what must go on between the looks. Raises LockLost, KubeError.
        """
        since = self._since = self._since or self._world.clock()
        name, uid = job["metadata"]["name"], job["metadata"]["uid"]
        while True:
            meanwhile()
            now = self._store.get("jobs", name)
            if now is None or now["metadata"]["uid"] != uid:
                return _vanished(name)
            seen = self._witness.look(now)
            if jobs.ended(now):
                return None
            self._obstacles.mind(now, seen)
            took_s = self._world.clock() - since
            if took_s >= self._timeout_s:
                return _unfinished(name, took_s)
            self._voice.heartbeat(f"Job {name} is running, {took_s:.0f} s")
            self._world.sleep(TICK_S)


def _vanished(name: str) -> Verdict:
    return Verdict(Class.INTERRUPTED, f"Job {name} was deleted while it ran; its SQL may still run")


def _unfinished(name: str, took_s: float) -> Verdict:
    return Verdict(
        Class.IN_PROGRESS,
        f"Job {name} is still running after {took_s:.0f} s (timeout). It "
        "goes on by itself; deploy again to follow it, or raise timeout.",
    )
