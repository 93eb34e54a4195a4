# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K5: two deployers of different releases, the Lease switched off: the Job's name still excludes.

In the worst case both believe to hold the Lease. Then the API server's create is the mutex.
"""

from __future__ import annotations

from tests.kill.town import counting


def both(database, seconds: int, *broken: str) -> list[dict]:
    deployers = [
        database.deploy(counting(seconds, tag=tag), *broken, name=f"migrate_{tag}")
        for tag in ("users", "orders")
    ]
    return [deployer.only() for deployer in deployers]


def test_never_two_at_once(database):
    entries = both(database, 6, "no-lease")

    assert [entry["outcome"] for entry in entries] == ["passed", "passed"]
    assert {entry["sequence"] for entry in entries} == {1, 2}
    assert (database.runs(), database.overlaps()) == (2, 0)


def test_control_without_slot_and_look_they_overlap(database):
    both(database, 20, "no-lease", "no-slot", "no-look")

    assert (database.runs(), database.overlaps()) == (2, 1)
