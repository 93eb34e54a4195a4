# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Lease: who may take it, by a clock that is one's own."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import lease
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import LockLost

from tests.unit.migrations.cluster import Cluster

NAME = "mig-1"


def held(holder: str = "other", duration: int = 30, version: str = "1") -> dict:
    return {
        "metadata": {"uid": "u", "resourceVersion": version},
        "spec": {"holderIdentity": holder, "leaseDurationSeconds": duration},
    }


MOVES = {
    "there is none": (None, 0.0, lease.Move.CREATE),
    "given back": (held(""), 0.0, lease.Move.TAKE),
    "just seen": (held(), 0.0, lease.Move.WAIT),
    "almost long enough": (held(), 29.9, lease.Move.WAIT),
    "unchanged for a whole duration": (held(), 30.0, lease.Move.TAKE),
    "a holder who asked for longer": (held(duration=90), 60.0, lease.Move.WAIT),
    "a holder who asked for less than anybody's measure": (held(duration=1), 5.0, lease.Move.WAIT),
}


@pytest.mark.parametrize(("found", "unchanged_s", "expected"), MOVES.values(), ids=MOVES)
def test_moves(found, unchanged_s, expected):
    seen = lease.Sighting("u/1", since=100.0) if found else None
    assert lease.move(found, seen, 100.0 + unchanged_s) is expected


def test_any_change_starts_the_wait_again():
    first = lease.sight(held(version="1"), None, 10.0)
    assert lease.sight(held(version="1"), first, 39.0).since == 10.0
    assert lease.sight(held(version="2"), first, 39.0).since == 39.0


def test_a_renew_time_far_away_is_not_looked_at():
    past = held() | {"spec": held()["spec"] | {"renewTime": "1990-01-01T00:00:00.000000Z"}}
    assert lease.move(past, lease.sight(past, None, 5.0), 5.0) is lease.Move.WAIT


def locks(*names: str):
    cluster = Cluster()
    return cluster, *(cluster.lock(NAME, name) for name in names)


def test_the_second_waits_until_the_first_gives_it_back():
    _cluster, first, second = locks("first", "second")
    assert first.try_take()
    assert not second.try_take()
    assert second.blocker == "first"
    first.release()
    assert second.try_take()


def test_a_dead_holder_is_followed_after_a_whole_duration():
    cluster, first, second = locks("first", "second")
    first.try_take()
    waited = 0
    while not second.try_take():
        cluster.sleep(1)
        waited += 1
    assert waited == lease.DURATION_S
    assert cluster.all("leases")[0]["spec"]["leaseTransitions"] == 1


def test_a_living_holder_is_never_followed():
    cluster, first, second = locks("first", "second")
    first.try_take()
    for _second in range(200):
        cluster.sleep(1)
        first.keep()
        assert not second.try_take()


def test_one_who_slept_finds_out_before_it_writes():
    cluster, first, second = locks("first", "second")
    first.try_take()
    second.try_take()
    cluster.sleep(90)
    assert second.try_take()
    with pytest.raises(LockLost, match="taken over by second"):
        first.confirm()
    assert not first.held


def test_one_who_slept_while_nobody_came_goes_on():
    cluster, first = locks("first")
    first.try_take()
    cluster.sleep(3600)
    first.confirm()
    assert first.held


def test_an_answer_that_was_lost_is_found_again():
    cluster, first = locks("first")
    first.try_take()
    live = cluster.all("leases")[0]
    cluster.put("leases", live)  # our own PUT, of which we never heard
    first.confirm()
    assert first.held


def test_of_two_who_take_over_at_once_one_wins():
    cluster, dead, first, second = locks("dead", "first", "second")
    dead.try_take()
    first.try_take()
    second.try_take()
    cluster.sleep(lease.DURATION_S)

    def first_comes_between(method: str, _path: str) -> None:
        if method == "PUT":
            cluster.faults.clear()
            assert first.try_take()

    cluster.faults.append(first_comes_between)
    assert not second.try_take()
    assert (first.held, second.held) == (True, False)
