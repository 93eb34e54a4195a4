# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K1: SIGKILL the deployer in the middle of the migration, deploy again at once."""

from __future__ import annotations

import pytest

from tests.kill.town import counting

SCRIPT = counting(25)


def test_the_next_run_follows_the_job_from_its_first_line(database):
    first = database.deploy(SCRIPT)
    first.says("second 3")
    first.kill()

    second = database.deploy(SCRIPT)
    entry = second.only()

    assert (entry["outcome"], entry["sequence"]) == ("attached", 1)
    assert second.quoted() == [
        "first line a",
        *(f"second {number}" for number in range(1, 26)),
        "last line a",
    ]
    assert (len(database.jobs()), database.runs()) == (1, 1)
    assert database.records()[entry["marker"]]["passed"] == entry["run_id"]


@pytest.mark.slow
def test_control_a_deployer_that_does_not_look_runs_it_twice(database):
    first = database.deploy(SCRIPT)
    first.says("second 3")
    first.kill()

    second = database.deploy(SCRIPT, "no-look", "no-lease")
    second.only()

    assert (len(database.jobs()), database.overlaps()) == (2, 1), second.lines


def test_ctrl_c_gives_the_lock_back_and_leaves_the_job(database):
    first = database.deploy(SCRIPT)
    first.says("second 3")
    first.interrupt()
    first.wait_for_end(within_s=30)
    (lease,) = database.leases()
    assert lease["spec"]["holderIdentity"] == ""

    assert database.deploy(SCRIPT).only()["outcome"] == "attached"
    assert (len(database.jobs()), database.runs()) == (1, 1)
