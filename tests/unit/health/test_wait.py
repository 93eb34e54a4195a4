# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait itself against a scripted cluster, in scripted time: what it opens, says and answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health import (
    blame,
    board,
    failure,
    progress,
    result,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.assess import read
from ansible_collections.slipway.stack.plugins.module_utils.health.details import (
    Details,
    Event,
    Log,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import Collection
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.health.wait import End, Wait
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import (
    Change,
    WatchEvent,
)

from tests.unit.health.scripted import (
    NOT_FOUND,
    REPLICA_SET,
    START,
    Everything,
    Run,
    change,
    deployment,
    pod,
)


def test_what_is_ready_opens_no_watch():
    run = Run({"Deployment": [deployment(ready=1)]})
    assert run.end is End.READY
    assert run.cluster.read_kinds == ["Deployment"]
    assert run.cluster.followed == []
    assert run.lines == ["  0.0s  all 1 ready at the first look"]


def test_a_roll_out_is_followed_line_by_line():
    script = [
        (2.0, change("MODIFIED", pod({"waiting": {"reason": "ContainerCreating"}}))),
        (4.1, change("MODIFIED", deployment(ready=1))),
    ]
    run = Run({"Deployment": [deployment()], "ReplicaSet": [REPLICA_SET]}, script)
    assert run.end is End.READY
    assert run.lines == [
        "  0.0s  api  Deployment  0/1 ready",
        "  2.0s  api  Deployment  0/1 ready (creating containers)",
        "  4.1s  api  Deployment  1/1 ready",
    ]
    assert sorted(run.cluster.followed) == ["Deployment", "Event", "Pod", "ReplicaSet"]
    assert result.good(run.wait.board, 4.1)["resources"][0]["seconds_to_ready"] == 4.1


def test_a_container_without_a_probe_is_doubted_for_some_seconds():
    obj = deployment(ready=1)
    obj["spec"]["template"] = {"spec": {"containers": [{"name": "api"}]}}
    obj["status"]["conditions"][0]["lastTransitionTime"] = result.stamp(START)
    run = Run({"Deployment": [obj]})
    assert run.end is End.READY
    assert 5 <= run.seconds <= 5.5
    assert run.lines == [
        "  0.0s  api  Deployment  started, but it has no readiness probe: watched for 5 s",
        "  5.0s  api  Deployment  1/1 ready",
    ]


def out_of_time(ended):
    """A deployment whose progress deadline was over at `ended`, in seconds from the start."""
    obj = deployment()
    passed = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "lastUpdateTime": datetime.fromtimestamp(START + ended, UTC).isoformat(),
    }
    obj["status"]["conditions"].append(passed)
    return obj


def test_a_deadline_that_was_over_before_is_no_failure_once_its_cause_is_gone():
    mended = [(10, change("MODIFIED", deployment(ready=1)))]
    assert Run({"Deployment": [out_of_time(-60)]}, mended).end is End.READY


def test_a_deadline_that_was_over_before_fails_if_the_cause_is_not_gone():
    run = Run({"Deployment": [out_of_time(-60)]})
    assert run.end is End.FAILED
    assert run.verdict.reason == "ProgressDeadlineExceeded"
    assert 60 <= run.seconds < 65


def test_a_deadline_that_passes_while_waiting_fails_at_once():
    run = Run({"Deployment": [deployment()]}, [(5, change("MODIFIED", out_of_time(5)))])
    assert run.end is End.FAILED
    assert run.seconds < 10


def test_silence_is_broken_every_15_seconds():
    run = Run({"Deployment": [deployment()]}, timeout=40)
    assert run.end is End.TIMEOUT
    assert run.seconds == 40
    assert run.lines[1:] == [
        " 15.0s  0 of 1 done, waiting for Deployment api: 0/1 ready",
        " 30.0s  0 of 1 done, waiting for Deployment api: 0/1 ready",
    ]


def test_an_image_that_is_not_found_fails_after_its_grace():
    lists = {"Deployment": [deployment()], "ReplicaSet": [REPLICA_SET], "Pod": [pod(NOT_FOUND)]}
    run = Run(lists)
    assert run.end is End.FAILED
    assert run.verdict.reason == "ImageNotFound"
    assert run.seconds <= 25


def test_an_image_that_comes_in_time_is_no_failure():
    lists = {"Deployment": [deployment()], "ReplicaSet": [REPLICA_SET], "Pod": [pod(NOT_FOUND)]}
    script = [
        (15, change("MODIFIED", pod({"waiting": {"reason": "ContainerCreating"}}))),
        (18, change("MODIFIED", pod(NOT_FOUND))),
        (36, change("MODIFIED", deployment(ready=1))),
    ]
    assert Run(lists, script).end is End.READY


def test_a_failure_waits_for_others_of_the_same_cause():
    lists = {"Deployment": [deployment(), deployment("web")], "ReplicaSet": [REPLICA_SET]}
    lists["Pod"] = [pod(NOT_FOUND)]
    wanted = [
        Target(Ref("apps/v1", "Deployment", "shop", name), Applied()) for name in ("api", "web")
    ]
    run = Run(lists, wanted=wanted)
    assert run.end is End.FAILED
    assert 22 <= run.seconds <= 23


def test_deleted_while_waiting_fails():
    run = Run({"Deployment": [deployment()]}, [(3, change("DELETED", deployment()))])
    assert run.end is End.FAILED
    assert run.verdict.reason == "Deleted"


def test_replaced_after_the_apply_fails():
    wanted = [Target(Ref("apps/v1", "Deployment", "shop", "api"), Applied(uid="other"))]
    run = Run({"Deployment": [deployment(ready=1)]}, wanted=wanted)
    assert run.end is End.FAILED
    assert run.verdict.reason == "Replaced"


JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "seed", "namespace": "shop", "uid": "j"},
    "spec": {},
    "status": {"conditions": [{"type": "Complete", "status": "True"}]},
}


def test_a_job_seen_complete_and_then_removed_is_a_success():
    wanted = [
        Target(Ref("batch/v1", "Job", "shop", "seed"), Applied()),
        Target(Ref("apps/v1", "Deployment", "shop", "api"), Applied()),
    ]
    lists = {"Job": [JOB], "Deployment": [deployment()]}
    ending = {**JOB, "metadata": {**JOB["metadata"], "deletionTimestamp": "2026-11-22T12:00:00Z"}}
    script = [
        (2, change("MODIFIED", ending)),
        (3, change("DELETED", ending)),
        (5, change("MODIFIED", deployment(ready=1))),
    ]
    run = Run(lists, script, wanted=wanted)
    assert run.end is End.READY
    assert not any("TERMINATING" in line for line in run.lines)


def test_a_job_that_is_deleted_before_it_is_complete_fails():
    running = {**JOB, "status": {"active": 1}}
    wanted = [Target(Ref("batch/v1", "Job", "shop", "seed"), Applied())]
    run = Run({"Job": [running]}, [(2, change("DELETED", running))], wanted=wanted)
    assert run.end is End.FAILED


def test_what_does_not_exist_yet_is_waited_for_with_the_nearest_name():
    lists = {"Deployment": [deployment("apo", ready=1)]}
    run = Run(lists, [(5, change("ADDED", deployment(ready=1)))])
    assert run.end is End.READY
    assert 'does not exist. Did you mean "apo"?' in run.lines[0]


def test_an_outage_costs_its_own_time_only():
    home = Collection("apps/v1", "Deployment", "shop")
    script = [
        (5, (home, WatchEvent(Change.LOST, error="connection refused"))),
        (65, (home, WatchEvent(Change.LISTED, objects=(deployment(),)))),
        (70, change("MODIFIED", deployment(ready=1))),
    ]
    run = Run({"Deployment": [deployment()]}, script, timeout=60)
    assert run.end is End.READY
    assert run.lines[1:] == [
        "  5.0s  nothing is known any more, waiting for the API server: connection refused",
        " 20.0s  nothing has been known for 15 s, still waiting",
        " 35.0s  nothing has been known for 30 s, still waiting",
        " 50.0s  nothing has been known for 45 s, still waiting",
        " 65.0s  the API server answers again, after 60 s",
        " 70.0s  api  Deployment  1/1 ready",
    ]


def test_an_outage_without_end_is_given_up():
    home = Collection("apps/v1", "Deployment", "shop")
    script = [(5, (home, WatchEvent(Change.LOST, error="connection refused")))]
    run = Run({"Deployment": [deployment()]}, script, timeout=30)
    assert run.end is End.TIMEOUT
    assert run.seconds == 60


def test_events_that_cannot_be_watched_do_not_stop_the_clock():
    home = Collection("v1", "Event", "shop")
    script = [(5, (home, WatchEvent(Change.LOST, error="forbidden")))]
    assert Run({"Deployment": [deployment()]}, script, timeout=30).seconds == 30


def test_a_list_that_fails_for_a_moment_is_read_again():
    busy = ApiError(503, "ServiceUnavailable", "try later", {})
    lists = {"Deployment": [deployment()], "ReplicaSet": [REPLICA_SET], "Pod": busy}
    run = Run(lists, timeout=2)
    assert run.cluster.read_kinds.count("Pod") > 1
    assert run.cluster.read_kinds.count("Event") == 1


def test_what_is_ready_but_worth_a_word():
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "api", "namespace": "shop", "uid": "b"},
        "status": {"expectedPods": 1, "currentHealthy": 1, "disruptionsAllowed": 0},
    }
    wanted = [Target(Ref("policy/v1", "PodDisruptionBudget", "shop", "api"), Applied())]
    run = Run({"PodDisruptionBudget": [budget]}, wanted=wanted)
    assert run.end is End.READY
    assert list(progress.notes(run.wait.board)) == [
        "  note: PodDisruptionBudget shop/api: it allows no eviction: "
        "a node with such a pod cannot be drained"
    ]


def test_nothing_to_wait_for():
    run = Run({})
    empty = Wait([], run.cluster, Everything(), report=run.lines.append, clock=run.time)
    assert empty.until_settled(300, 0, check=False) is End.READY
    assert result.good(empty.board, 0.0)["msg"] == "nothing to wait for"


def test_stable_for_starts_again_when_something_is_not_ready():
    script = [(4, change("MODIFIED", deployment())), (6, change("MODIFIED", deployment(ready=1)))]
    run = Run({"Deployment": [deployment(ready=1)]}, script, stable_for=10)
    assert run.end is End.READY
    assert 16 <= run.seconds <= 17


def test_nothing_but_suspended_objects_ends_the_wait():
    paused = deployment()
    paused["spec"]["paused"] = True
    run = Run({"Deployment": [paused]})
    assert run.end is End.SUSPENDED
    assert run.seconds <= 31


def test_check_mode_looks_once():
    run = Run({"Deployment": [deployment()]}, check=True)
    assert run.end is End.CHECKED
    assert run.cluster.followed == []
    answer = result.good(run.wait.board, 0.0, checked=True)
    assert answer["failed"] is False
    assert answer["msg"] == "0 of 1 ready now; not ready: Deployment shop/api, 0/1 ready"


def test_a_list_that_only_explains_may_be_forbidden():
    refused = ApiError(403, "Forbidden", "cannot list events", {})
    run = Run({"Deployment": [deployment()], "Event": refused}, timeout=1)
    assert run.end is End.TIMEOUT


def test_a_list_that_is_waited_for_may_not():
    refused = ApiError(403, "Forbidden", "cannot list deployments", {})
    with pytest.raises(ApiError, match="cannot list deployments"):
        Run({"Deployment": refused})


def test_the_requests_do_not_grow_with_the_objects():
    names = [f"d{number}" for number in range(200)]
    wanted = [Target(Ref("apps/v1", "Deployment", "shop", name), Applied()) for name in names]
    run = Run({"Deployment": [deployment(name) for name in names]}, wanted=wanted, timeout=1)
    assert len(run.cluster.read_kinds) == 4


def test_what_uses_a_broken_database_is_not_the_cause():
    """The service failed first, but only because its database is not there."""
    api, database = deployment(), deployment("api-db")
    address = {"name": "URL", "value": "postgres://u@api-db:5432/x"}
    api["spec"]["template"] = {"spec": {"containers": [{"name": "api", "env": [address]}]}}
    wanted = [
        Target(Ref("apps/v1", "Deployment", "shop", name), Applied()) for name in ("api", "api-db")
    ]
    run = Run({"Deployment": [api, database]}, wanted=wanted, timeout=1)
    uses = {
        entry.target.ref: Details(uses=tuple(blame.used(entry, run.wait.board, run.wait.store)))
        for entry in run.wait.board.entries
    }
    assert [one.target.ref.name for one in uses[wanted[0].ref].uses] == ["api-db"]
    assert uses[wanted[1].ref].uses == ()
    answer = result.bad(run.wait.board, 1.0, uses, timed_out=True)
    assert answer["msg"].startswith("Deployment shop/api-db is not ready")
    assert "  uses: Deployment shop/api-db, which is not ready: 0/1 ready" in failure.lines(
        run.wait.board, uses
    )


def test_what_a_person_reads_after_a_failure():
    lists = {"Deployment": [deployment(), deployment("web", ready=1)], "ReplicaSet": [REPLICA_SET]}
    lists["Pod"] = [pod(NOT_FOUND)]
    wanted = [
        Target(Ref("apps/v1", "Deployment", "shop", name), Applied()) for name in ("web", "api")
    ]
    run = Run(lists, wanted=wanted)
    details = {
        wanted[1].ref: Details(
            (Event("Pod api-1", "Failed", "Error: ErrImagePull", 3, START),),
            (Log("api-1", "api", True, "starting\nfatal: no table\n"),),
        )
    }
    clause = 'container api of pod api-1: image "shop:9" does not exist: not found'
    assert list(failure.lines(run.wait.board, details)) == [
        "",
        "STATUS  KIND        NAME  WHY",
        f"FAILED  Deployment  api   {clause}",
        "ready   Deployment  web   1/1 ready",
        "",
        f"Deployment shop/api: {clause}",
        "  what to do: Correct the image's name and tag, or push it to the registry.",
        "  seen: Pod shop/api-1, container api: ErrImagePull: shop:9: not found",
        "  event: Pod api-1: Failed: Error: ErrImagePull (3 times)",
        "  log of container api of pod api-1, previous run, last lines:",
        "    | starting",
        "    | fatal: no table",
    ]
    answer = result.bad(run.wait.board, 20.0, details, timed_out=False)
    assert answer["msg"] == (
        f"Deployment shop/api cannot become ready: {clause}. "
        'Its log ends with "fatal: no table". After 20 s: 1 failed, 1 ready.'
    )
    assert answer["failures"] == ["Deployment shop/api"]
    assert answer["ready"] == ["Deployment shop/web"]
    assert [one["name"] for one in answer["resources"]] == ["api"]
    assert all(" Deployment shop/api " in line for line in answer["timeline"])
    assert answer["timeline"][-1].endswith(f" Deployment shop/api failed ImageNotFound: {clause}")
    assert answer["resources"][0]["events"] == ["Pod api-1: Failed: Error: ErrImagePull (3 times)"]
    assert answer["resources"][0]["logs"][0]["lines"] == ["starting", "fatal: no table"]


def owned_by(obj, name):
    owner = {"kind": "Deployment", "name": name, "uid": name}
    return {**obj, "metadata": {**obj["metadata"], "ownerReferences": [owner]}}


def judged(monkeypatch):
    """Note which objects are judged, and when."""
    found = []

    def noted(obj, view):
        found.append((obj["metadata"]["name"], view.now - START))
        return read(obj, view)

    monkeypatch.setattr(board, "read", noted)
    return found


def test_what_time_alone_cannot_change_is_not_judged_again(monkeypatch):
    """Two thousand pods that pull their images took most of a core: each event judged all."""
    calls = judged(monkeypatch)
    names = [f"d{number}" for number in range(20)]
    wanted = [Target(Ref("apps/v1", "Deployment", "shop", name), Applied()) for name in names]
    waiting = pod({"waiting": {"reason": "ErrImagePull", "message": "no such host"}})
    script = [(1 + step, change("MODIFIED", deployment("d1"))) for step in range(50)]
    lists = {"Deployment": [deployment("d0"), *map(deployment, names[1:])], "Pod": [waiting]}
    lists["ReplicaSet"] = [owned_by(REPLICA_SET, "d0")]
    run = Run(lists, script, wanted=wanted, timeout=55)
    assert run.wait.board.entries[0].troubles
    assert [name for name, at in calls if at > 0] == ["d1"] * 50


def test_a_grace_that_ends_between_events_is_noticed(monkeypatch):
    calls = judged(monkeypatch)
    lists = {"Deployment": [deployment()], "ReplicaSet": [REPLICA_SET], "Pod": [pod(NOT_FOUND)]}
    assert Run(lists).end is End.FAILED
    assert [at for _name, at in calls if at > 0] == [20.0]


def test_an_event_about_a_claim_is_one_about_the_workload():
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop", "uid": "c"},
        "spec": {"storageClassName": "fast"},
        "status": {"phase": "Pending"},
    }
    said = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "shop", "uid": "e"},
        "involvedObject": {"kind": "PersistentVolumeClaim", "name": "data", "uid": "c"},
        "reason": "ProvisioningFailed",
        "message": "no disk of that class is left",
        "lastTimestamp": result.stamp(START),
    }
    obj, mounting = deployment(), pod({"waiting": {"reason": "ContainerCreating"}})
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    obj["spec"]["template"] = {"spec": {"volumes": volumes}}
    mounting["spec"] |= {"volumes": volumes}
    lists = {"Deployment": [obj], "ReplicaSet": [REPLICA_SET], "Pod": [mounting]}
    lists["PersistentVolumeClaim"] = [claim]
    lists["StorageClass"] = [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "fast", "uid": "s"},
        }
    ]
    run = Run(lists, [(3, change("ADDED", said))], timeout=5)
    assert any("  3.0s" in line and "no disk of that class" in line for line in run.lines)


def test_a_workload_that_is_scaled_to_zero_makes_its_service_ready():
    behind, other = deployment(), deployment("web")
    for one in (behind, other):
        one["spec"]["template"] = {"metadata": {"labels": {"app": one["metadata"]["name"]}}}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "api", "namespace": "shop", "uid": "svc"},
        "spec": {"selector": {"app": "api"}},
    }
    none = {**behind, "spec": {**behind["spec"], "replicas": 0}}
    wanted = [Target(Ref("v1", "Service", "shop", "api"), Applied())]
    run = Run(
        {"Deployment": [behind, other], "Service": [service]},
        [(4, change("MODIFIED", none))],
        wanted=wanted,
    )
    assert run.end is End.READY
    assert run.seconds == 4
