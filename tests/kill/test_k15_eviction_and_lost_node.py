# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K15: the pod is evicted, as by a drain; its node is lost, and then removed."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.kill.deployer import Deployer
from tests.kill.ghost import Ghost
from tests.kill.town import counting

SCRIPT = counting(60)


def evict(database, deployer) -> None:
    deployer.says("second 2")
    (pod,) = database.pods()
    database.town.evict(pod["metadata"]["name"])


def test_an_evicted_migration_is_interrupted_and_not_tried_again(database):
    deployer = database.deploy(SCRIPT)
    evict(database, deployer)
    entry = deployer.only()

    assert (entry["outcome"], entry["class"]) == ("failed", "interrupted")
    assert "was disrupted: Eviction API: evicting" in entry["sentence"]
    assert (len(database.jobs()), database.started(), database.runs()) == (1, 1, 0)


def test_control_without_the_enforced_fields_it_is_run_again_unasked(database, eventually):
    deployer = database.deploy(SCRIPT, "no-policies")
    evict(database, deployer)
    eventually(lambda: database.started() == 2, within_s=90, every_s=2)
    deployer.kill()


@pytest.fixture
def ghost(client):
    """A node without a kubelet; deleted afterwards."""
    node = Ghost(client)
    yield node
    with contextlib.suppress(ApiError):
        node.delete()


def leave_on(ghost, database, eventually) -> Deployer:
    """Start a migration on the node, and lose the node."""
    params = ghost.carry(database.params(SCRIPT, timeout=600))
    deployer = Deployer(params)
    (pod,) = eventually(database.pods, within_s=60)
    ghost.run(pod)
    eventually(ghost.lost, within_s=180, every_s=2)
    return deployer


@pytest.mark.slow
def test_a_migration_on_a_lost_node_locks_until_the_node_is_removed(ghost, database, eventually):
    deployer = leave_on(ghost, database, eventually)
    eventually(lambda: database.pods()[0]["metadata"].get("deletionTimestamp"), within_s=120)
    other = database.deploy(counting(0, tag="b"), name="migrate_b", lock_wait=400)
    other.says("waiting for")
    assert (len(database.jobs()), database.records()) == (1, {})

    ghost.delete()
    entry = deployer.only(within_s=400)
    assert (entry["outcome"], entry["class"]) == ("failed", "interrupted")
    assert other.only(within_s=400)["outcome"] == "passed"
    assert (len(database.jobs()), database.runs()) == (2, 1)


@pytest.mark.slow
def test_control_without_the_look_another_begins_beside_it(ghost, database, eventually):
    deployer = leave_on(ghost, database, eventually)
    broken = ("no-lease", "no-slot", "no-look")
    other = database.deploy(counting(0, tag="b"), *broken, name="migrate_b")
    assert other.only()["outcome"] == "passed"
    assert len(database.jobs()) == 2
    deployer.kill()
