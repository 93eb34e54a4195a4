# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the flow needs besides the API server, and how it speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.migrations.transcript import OpenTail

TICK_S = 1.0
HEARTBEAT_S = 15.0


class World(NamedTuple):
    """Time and threads, passed in so that a test can play them.

    clock: monotonic seconds, going on while the machine sleeps. sleep: seconds; may raise to end
    the flow. report: shows a line, or several, to the person who waits.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    report: Callable[[str], None]
    open_tail: OpenTail


class Voice:
    """Says each thing once, and something at least every 15 seconds."""

    def __init__(self, name: str, world: World) -> None:
        """name: of the migration; every line begins with one."""
        self._name = name
        self._world = world
        self._said = ""
        self._spoke_at = world.clock()

    def say(self, line: str) -> None:
        """Tell what the gate does."""
        self._said = line
        self._show(f"{self._name}: {line}")

    def say_once(self, line: str) -> None:
        """Tell it unless it was the last thing said."""
        if line != self._said:
            self.say(line)

    def heartbeat(self, line: str) -> None:
        """Tell it if there was silence for long."""
        if self._world.clock() - self._spoke_at >= HEARTBEAT_S:
            self._show(f"{self._name}: {line}")

    def quote(self, name: str, lines: list[str]) -> None:
        """Show lines of the log of migration `name`, together: each showing has its price."""
        self._show("\n".join(f"{name} | {line}" for line in lines))

    def _show(self, line: str) -> None:
        self._spoke_at = self._world.clock()
        self._world.report(line)
