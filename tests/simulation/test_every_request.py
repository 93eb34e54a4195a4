# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployer killed at each of its requests in turn: the next one ends the story."""

from __future__ import annotations

import pytest

from tests.unit.migrations.cluster import Cluster
from tests.unit.migrations.made import Deployer


class Killed(BaseException):
    """The deployer is gone: nothing of its own is cleaned up."""


def kill_at_request(cluster: Cluster, number: int) -> None:
    """Kill the deployer at its number-th request: the ones before were served."""

    def count(_method: str, _path: str) -> None:
        if len(cluster.log) >= number:
            raise Killed

    cluster.faults.append(count)


def test_killed_at_any_request_the_next_run_ends_the_story():
    whole = Cluster()
    Deployer(whole).ensure()
    assert len(whole.log) > 20
    for number in range(2, len(whole.log) + 1):
        cluster = Cluster()
        kill_at_request(cluster, number)
        with pytest.raises(Killed):
            Deployer(cluster, "dead").ensure()
        cluster.faults.clear()
        ending = Deployer(cluster, "heir").ensure()

        assert ending.record.passed, number
        marks = [each["data"]["passed"] for each in cluster.all("configmaps")]
        assert (len(cluster.all("jobs")), marks) == (1, [ending.record.run_id]), number
