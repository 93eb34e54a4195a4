# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K13: Job and pod are long gone, as after their TTL: the record alone skips the run."""

from __future__ import annotations

from tests.kill.town import counting

SCRIPT = counting(0)


def test_the_record_is_enough(database, eventually):
    first = database.deploy(SCRIPT).only()
    path = database.town.path("jobs", first["job"], "apis/batch/v1")
    database.town.client.request("DELETE", path, query={"propagationPolicy": "Foreground"})
    eventually(lambda: not database.jobs(), within_s=90)

    again = database.deploy(SCRIPT).only()
    other = database.deploy(counting(0, tag="b")).only()

    assert [again["outcome"], other["outcome"]] == ["skipped", "passed"]
    assert (other["sequence"], database.runs()) == (2, 2)
