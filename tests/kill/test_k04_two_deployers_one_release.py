# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K4: two deployers of the same release at once, round after round: one Job in each."""

from __future__ import annotations

import os

from tests.kill.town import counting

ROUNDS = int(os.environ.get("SLIPWAY_K04_ROUNDS", "5"))


def both(database, script: str, *broken: str) -> list[dict]:
    deployers = [database.deploy(script, *broken) for _each in range(2)]
    return [deployer.only() for deployer in deployers]


def test_each_round_has_one_job(database):
    for number in range(1, ROUNDS + 1):
        entries = both(database, counting(1, tag=f"round-{number}"))
        outcomes = sorted(entry["outcome"] for entry in entries)
        assert outcomes[1] != "failed", entries
        assert outcomes in (["attached", "passed"], ["passed", "skipped"]), entries
        assert (len(database.jobs()), database.runs()) == (number, number)
    assert database.overlaps() == 0


def test_control_without_lease_slot_and_look_both_run_it(database):
    both(database, counting(20), "no-lease", "no-slot", "no-look")

    assert len(database.jobs()) == 2
    assert database.overlaps() == 1
