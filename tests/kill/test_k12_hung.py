# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K12: a migration that takes longer than the deployer waits is left alone, then picked up."""

from __future__ import annotations

from tests.kill.town import counting


def test_in_progress_then_attached(database):
    script = counting(45)
    first = database.deploy(script, timeout=20)
    entry = first.only()
    assert (entry["outcome"], entry["class"]) == ("in_progress", "in_progress")
    assert "deploy again to follow it" in first.answer["result"]["msg"]

    second = database.deploy(script)
    assert second.only()["outcome"] == "attached"
    assert second.quoted()[0] == "first line a"
    assert (len(database.jobs()), database.runs()) == (1, 1)


def test_control_without_the_look_it_is_begun_a_second_time(database):
    script = counting(16)
    assert database.deploy(script, timeout=5).only()["outcome"] == "in_progress"

    database.deploy(script, "no-look").only()
    assert (len(database.jobs()), database.overlaps()) == (2, 1)
