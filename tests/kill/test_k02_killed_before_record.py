# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K2: SIGKILL after the migration passed and before its record is written."""

from __future__ import annotations

import pytest

from tests.kill.town import counting

SCRIPT = counting(2)


def die_unrecorded(database) -> None:
    first = database.deploy(SCRIPT, "die-before-record")
    first.wait_for_end()
    assert (database.runs(), database.records()) == (1, {})


def test_the_next_run_records_it_and_runs_nothing(database):
    die_unrecorded(database)

    second = database.deploy(SCRIPT)
    entry = second.only()

    assert (entry["outcome"], entry["changed"]) == ("attached", True)
    assert second.quoted()[0] == "first line a"
    assert (len(database.jobs()), database.runs()) == (1, 1)
    assert "passed" in database.records()[entry["marker"]]


@pytest.mark.slow
def test_control_a_deployer_that_does_not_look_runs_it_again(database):
    die_unrecorded(database)

    database.deploy(SCRIPT, "no-look", "no-lease").only()

    assert (len(database.jobs()), database.runs()) == (2, 2)
