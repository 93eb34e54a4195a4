# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K9: the deployer is frozen for longer than its Lease lasts; another one comes meanwhile."""

from __future__ import annotations

import time

import pytest

from tests.kill.town import counting

SCRIPT = counting(100)


@pytest.mark.slow
def test_it_wakes_up_without_the_lock_and_writes_nothing(database):
    first = database.deploy(SCRIPT, timeout=400)
    first.says("second 2")
    first.freeze()
    frozen_at = time.monotonic()

    second = database.deploy(SCRIPT, timeout=400)
    second.says("second 60", within_s=240)
    assert time.monotonic() - frozen_at > 35
    first.wake()
    taken_over = first.only(within_s=300)
    entry = second.only(within_s=300)

    assert (taken_over["outcome"], taken_over["class"]) == ("failed", "lock_lost")
    assert entry["outcome"] == "attached"
    assert (len(database.jobs()), database.runs()) == (1, 1)


def test_a_short_sleep_costs_nothing(database):
    first = database.deploy(counting(20))
    first.says("second 2")
    second = database.deploy(counting(20))
    second.says("following it")
    first.freeze()
    time.sleep(10)
    first.wake()

    assert [first.only()["outcome"], second.only()["outcome"]] == ["passed", "attached"]
    assert database.runs() == 1
