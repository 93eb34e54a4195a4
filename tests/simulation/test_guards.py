# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Negative controls of the kill tests: with its guard taken out, the same fault does harm.

Each test plays the fault twice in the in-memory cluster: with the guard, and without it.
"""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError
from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    classify,
    cursor,
    front,
    identity,
    pods,
    records,
    steps,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles
from ansible_collections.slipway.stack.plugins.module_utils.migrations.patience import Patience
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import World

from tests.unit.migrations import made
from tests.unit.migrations.cluster import Cluster, Script
from tests.unit.migrations.made import Deployer
from tests.unit.migrations.test_front import option, outcomes, run

both = pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])


@pytest.fixture
def cluster(monkeypatch) -> Cluster:
    """An in-memory cluster, behind the front door too."""
    found = Cluster()
    found.put("persistentvolumeclaims", {"metadata": {"name": "data-users-db-0"}})
    monkeypatch.setattr(front, "connect", lambda params: found)

    def world(store, report, stop) -> World:
        return found.world(report)

    monkeypatch.setattr(front, "_world", world)
    return found


@both
def test_k07_an_api_server_that_is_away_is_borne(cluster, monkeypatch, guarded):
    def away(_method: str, _path: str) -> None:
        if 1003 <= cluster.now < 1063:
            cluster.sleep(1)
            raise ConnectError("nobody answers")

    def give_up(self, error) -> None:
        raise error

    cluster.faults.append(away)
    if guarded:
        assert Deployer(cluster).ensure().outcome == "passed"
        return
    monkeypatch.setattr(Patience, "bear", give_up)
    with pytest.raises(ConnectError):
        Deployer(cluster).ensure()
    assert cluster.all("configmaps") == []


@both
def test_k08_a_failure_is_not_tried_again(cluster, monkeypatch, guarded):
    cluster.script = Script(exit_code=1)
    if not guarded:
        monkeypatch.setattr(steps, "_failed_since", lambda *given: None)
        after = (Script(exit_code=1), Script(exit_code=0))
        made_before, create = itertools.count(), cluster._begin

        def begin(job) -> None:
            cluster.script = after[min(next(made_before), 1)]
            create(job)

        monkeypatch.setattr(cluster, "_begin", begin)
    assert Deployer(cluster).ensure().outcome == ("failed" if guarded else "passed")
    assert len(cluster.all("jobs")) == (1 if guarded else 2)


@both
def test_k09_a_deployer_that_slept_writes_nothing(cluster, monkeypatch, guarded):
    cluster.script = Script(run_s=20)

    def take_over() -> None:
        (lease,) = cluster.all("leases")
        lease["spec"]["holderIdentity"] = "heir"
        lease["metadata"]["resourceVersion"] = "taken"

    cluster.after(5, take_over)
    if not guarded:
        monkeypatch.setattr(Lock, "confirm", lambda self: None)
    ending = Deployer(cluster, "sleeper").ensure()
    assert (ending.cls == "lock_lost") is guarded
    assert (cluster.all("configmaps") == []) is guarded


HELD_UP = {
    "k11": Script(waiting={"reason": "ErrImagePull", "message": "no such tag"}),
    "k17": Script(),
}


@both
@pytest.mark.parametrize("fault", HELD_UP)
def test_k11_k17_what_cannot_start_is_given_up(cluster, monkeypatch, fault, guarded):
    cluster.script = HELD_UP[fault]
    if fault == "k17":  # the quota lets no pod be made
        monkeypatch.setattr(cluster, "_begin", lambda job: None)
    if not guarded:
        monkeypatch.setattr(Obstacles, "mind", lambda self, job, seen: None)
    ending = Deployer(cluster, timeout_s=90).ensure()
    expected = {"k11": "image_pull", "k17": "no_pod"}[fault]
    assert ending.cls == (expected if guarded else "in_progress")


@both
def test_k12_what_still_runs_is_followed(cluster, monkeypatch, guarded):
    cluster.script = Script(run_s=100)
    assert Deployer(cluster, timeout_s=20).ensure().outcome == "in_progress"
    if not guarded:
        monkeypatch.setattr(steps.Scene, "unrecorded", lambda self: None)
    assert isinstance(next_step(cluster), steps.Follow if guarded else steps.Create)


def next_step(cluster: Cluster) -> steps.Step:
    """Return what a deployer that looks now would do."""
    scene = cluster.store().scene(made.DATABASE)
    return Deployer(cluster).gate._next(scene, steps.started(scene))


@both
def test_k13_the_record_alone_skips(cluster, monkeypatch, guarded):
    Deployer(cluster).ensure()
    cluster.objects = {key: one for key, one in cluster.objects.items() if key[0] != "jobs"}
    if not guarded:
        monkeypatch.setattr(steps.Scene, "passed", lambda self, run_id: None)
    assert isinstance(next_step(cluster), steps.Done if guarded else steps.Create)


@both
def test_k16_a_database_made_anew_is_migrated_again(cluster, monkeypatch, guarded):
    if not guarded:
        monkeypatch.setattr(identity, "incarnation", lambda *given: "always the same")
    run(option())
    del cluster.objects["persistentvolumeclaims", "data-users-db-0"]
    cluster.put("persistentvolumeclaims", {"metadata": {"name": "data-users-db-0"}})
    assert outcomes(run(option())) == (["passed"] if guarded else ["skipped"])


@both
def test_k18_a_new_password_runs_nothing(cluster, monkeypatch, guarded):
    source = {"secretKeyRef": {"name": "users-db", "key": "url"}}
    wanted = option(env=[{"name": "DATABASE_URL", "valueFrom": source}])
    cluster.put("secrets", {"metadata": {"name": "users-db"}, "data": {"url": "b25l"}})
    if not guarded:

        def with_value(entry, config_maps) -> str:
            return cluster.objects["secrets", "users-db"]["data"]["url"]

        monkeypatch.setattr(identity, "_value", with_value)
    run(wanted)
    cluster.put("secrets", {"metadata": {"name": "users-db"}, "data": {"url": "dHdv"}})
    assert outcomes(run(wanted)) == (["skipped"] if guarded else ["passed"])


@both
def test_k19_more_memory_is_the_next_attempt_at_the_same_run(monkeypatch, guarded):
    if not guarded:
        counted = identity._container

        def with_resources(container, job, config_maps):
            return counted(container, job, config_maps) | {"resources": container["resources"]}

        monkeypatch.setattr(identity, "_container", with_resources)
    little, more = (
        made.run(made.job(resources={"limits": {"memory": memory}})) for memory in ("24Mi", "1Gi")
    )
    assert (little.run_id == more.run_id) is guarded


@both
def test_k20_how_a_sidecar_ends_is_no_matter(monkeypatch, guarded):
    if not guarded:
        monkeypatch.setattr(pods, "is_sidecar", lambda pod, name: False)
    ends = {"name": "migrate", "state": {"terminated": {"exitCode": 0}}}
    proxy = {"name": "proxy", "state": {"terminated": {"exitCode": 143}}}
    pod = {
        "metadata": {"name": "p"},
        "spec": {"initContainers": [{"name": "proxy", "restartPolicy": "Always"}]},
        "status": {"containerStatuses": [ends], "initContainerStatuses": [proxy]},
    }
    complete = {"type": "Complete", "status": "True"}
    job = {"metadata": {"name": "j"}, "status": {"conditions": [complete]}}
    assert classify.outcome(job, [pod], []).passed is guarded


@both
def test_k20_a_log_that_is_read_again_says_each_line_once(monkeypatch, guarded):
    if not guarded:
        monkeypatch.setattr(cursor.Cursor, "resume", lambda self: {})
    reader = cursor.Cursor()
    lines = [f"2026-01-02T03:04:05.{number}Z line {number}" for number in range(5)]
    first = [reader.take(line) for line in lines]
    reader.resume()
    again = [reader.take(line) for line in lines]
    assert all(first)
    assert (again == [None] * 5) is guarded


@both
def test_k22_a_failure_leaves_no_marker(cluster, monkeypatch, guarded):
    cluster.script = Script(exit_code=1)
    if not guarded:
        monkeypatch.setattr(classify.Verdict, "passed", True)
    Deployer(cluster).ensure()
    assert any(records.PASSED in each["data"] for each in cluster.all("configmaps")) is not guarded


@both
def test_k23_check_mode_writes_nothing(cluster, monkeypatch, guarded):
    if not guarded:  # check mode taken for a run
        real = front._run

        def plan(wishes, params, *, check):
            real(wishes, wishes, wishes[0].store.home, params, lambda line: None)
            return {}

        monkeypatch.setattr(front, "_plan", plan)
    run(option(), check=True)
    assert ({method for method, _path in cluster.log} == {"GET"}) is guarded
