# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol under a seeded scheduler: never two at once, passed is never repeated, progress.

A failing seed is played again with `python tests/simulation/replay.py <seed>`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.steps import Scene
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store

from tests.kill import sabotage
from tests.simulation.theatre import play

SEEDS = int(os.environ.get("SLIPWAY_SEEDS", "2000"))
REPLAY = Path(__file__).with_name("replay.py")


def side_by_side(seeds: int) -> dict[str, list[str]]:
    """Play seeds in one process for each processor; return those that broke a promise."""
    count = os.cpu_count() or 1
    players = [
        subprocess.Popen(
            [sys.executable, str(REPLAY), str(first), str(seeds), str(count)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(count)
    ]
    told = [player.communicate()[0] for player in players]
    assert not any(player.returncode for player in players)
    return {seed: found for text in told for seed, found in json.loads(text).items()}


def violations(seeds, *, enough: int = 0) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for seed in seeds:
        theatre = play(seed)
        if theatre.violations:
            found[seed] = theatre.violations
        if enough and len(found) >= enough:
            break
    return found


@pytest.fixture
def whole(monkeypatch):
    """Put back what sabotage takes out."""
    for owner, names in (
        (Lock, ("held", "try_take", "keep", "confirm", "release")),
        (Scene, ("unrecorded",)),
        (Store, ("live_pods",)),
        (sabotage.slots, ("job_name",)),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, getattr(owner, name))


def test_every_seed_keeps_the_promises():
    broken = side_by_side(SEEDS)
    commands = [f"python tests/simulation/replay.py {seed}: {broken[seed]}" for seed in broken]
    assert not broken, "\n".join(commands)


@pytest.mark.usefixtures("whole")
def test_without_the_lease_the_name_of_the_slot_still_excludes():
    sabotage.no_lease()
    found = violations(range(60))
    assert not [text for texts in found.values() for text in texts if "two at once" in text]


@pytest.mark.usefixtures("whole")
def test_control_without_lease_and_slot_two_run_at_once():
    sabotage.no_lease()
    sabotage.no_slot()
    assert "two at once" in str(violations(range(50), enough=10))


@pytest.mark.usefixtures("whole")
def test_control_with_the_lease_alone_a_slow_request_is_enough():
    sabotage.no_slot()
    assert "two at once" in str(violations(range(300), enough=1))


@pytest.mark.usefixtures("whole")
def test_control_a_deployer_that_does_not_look_repeats_runs():
    Scene.unrecorded = lambda self: None
    Store.live_pods = lambda self, database: []
    assert violations(range(50), enough=1)
