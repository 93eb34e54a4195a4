# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K9: the deployer is frozen beyond its Lease, and another takes over; its clock is wrong."""

from __future__ import annotations

import time

import pytest

from tests.kill.deployer import Deployer
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


def overslept(database, *broken: str) -> dict:
    """Freeze a deployer, give its Lease to another, wake it; return what it says at the end."""
    deployer = database.deploy(counting(12), *broken)
    deployer.says("second 2")
    deployer.freeze()
    (lease,) = database.leases()
    path = database.town.path("leases", lease["metadata"]["name"], "apis/coordination.k8s.io/v1")
    body = {"spec": {"holderIdentity": "heir"}}
    database.town.client.request(
        "PATCH", path, body=body, content_type="application/merge-patch+json"
    )
    deployer.wake()
    return deployer.only()


def test_who_lost_the_lease_records_nothing(database):
    assert overslept(database)["class"] == "lock_lost"
    assert database.records() == {}


def test_control_without_a_last_look_it_writes_though_another_holds_the_lease(database):
    assert overslept(database, "no-confirm")["outcome"] == "passed"
    (lease,) = database.leases()
    assert (lease["spec"]["holderIdentity"], len(database.records())) == ("heir", 1)


def test_a_clock_that_is_an_hour_slow_is_no_matter(database):
    first, second = two_clocks(database)
    second.says("second 10")
    (lease,) = database.leases()
    assert lease["spec"]["leaseTransitions"] == 0
    assert [first.only()["outcome"], second.only()["outcome"]] == ["passed", "attached"]


def test_control_who_believes_clocks_takes_the_lease_from_a_living_holder(database):
    first, second = two_clocks(database, "by-the-clock")
    assert (first.only()["class"], second.only()["outcome"]) == ("lock_lost", "attached")


def two_clocks(database, *broken: str) -> tuple[Deployer, Deployer]:
    """Start a deployer whose clock is slow, and one that comes while it is alive."""
    first = database.deploy(counting(16), "clock-behind")
    first.says("second 1")
    second = database.deploy(counting(16), *broken)
    second.says("following it")
    return first, second
