# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration of ten minutes outlives its deployers; the last one shows it from its first line."""

from __future__ import annotations

import os
import time

import pytest

from tests.kill.town import counting

SECONDS = int(os.environ.get("SLIPWAY_LONG_MIGRATION_S", "600"))


@pytest.mark.slow
def test_the_next_deployer_shows_it_from_its_first_line(database):
    script = counting(SECONDS)
    options = {"timeout": 2 * SECONDS}
    first = database.deploy(script, **options)
    first.says("second 3")
    first.kill()
    time.sleep(SECONDS / 3)
    second = database.deploy(script, **options)
    second.says(f"second {SECONDS // 3}")
    second.kill()
    time.sleep(SECONDS / 3)

    third = database.deploy(script, **options)
    entry = third.only(within_s=2 * SECONDS)

    assert (entry["outcome"], entry["attempt"]) == ("attached", 1)
    assert third.quoted() == [
        "first line a",
        *(f"second {number}" for number in range(1, SECONDS + 1)),
        "last line a",
    ]
    assert (len(database.jobs()), database.runs()) == (1, 1)
    assert entry["duration_s"] >= SECONDS
