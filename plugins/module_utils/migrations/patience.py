# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a deployer waits for others: deployers that are first, an API server that is away."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import (
    TICK_S,
    Voice,
    World,
)

API_PATIENCE_S = 300.0


class Patience:
    """Lets time pass and says what for, until there is none left."""

    def __init__(self, world: World, voice: Voice, lock_wait_s: int) -> None:
        """lock_wait_s: for all other deployers together."""
        self._world, self._voice = world, voice
        self._lock_wait_s = lock_wait_s
        self._outage_since: float | None = None
        self.waited_s = 0.0

    def wait(self, what: str, meanwhile: Callable[[], None]) -> str:
        """Let time pass because of `what`; say so when there is none left, "" while there is.

        meanwhile: what must go on.
        """
        if self.waited_s >= self._lock_wait_s:
            return f"waited {self.waited_s:.0f} s for {what}. Let it end, or raise lock_wait."
        self._voice.say_once(f"waiting for {what}")
        self._voice.heartbeat(f"still waiting for {what}, {self.waited_s:.0f} s")
        meanwhile()
        before = self._world.clock()
        self._world.sleep(TICK_S)
        self.waited_s += self._world.clock() - before
        return ""

    def bear(self, error: ApiError | ConnectError) -> None:
        """Wait for an API server that is away for a while. Raises what does not pass by itself."""
        passing = isinstance(error, ConnectError) or error.status == 429 or error.status >= 500
        if not passing:
            raise error
        now = self._world.clock()
        self._outage_since = self._outage_since or now
        if now - self._outage_since >= API_PATIENCE_S:
            raise error
        self._voice.say_once(f"the API server does not answer, trying on: {error}")
        self._world.sleep(TICK_S)

    def answered(self) -> None:
        """The API server is there: its next outage is another one."""
        self._outage_since = None
