# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole flow of one migration, in the in-memory cluster: what is done, said and left behind."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations import lease, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.ending import Outcome
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)

from tests.unit.migrations.cluster import Cluster, Script
from tests.unit.migrations.made import DATABASE, Deployer, job

FIRST = slots.job_name(DATABASE, 1)


class Killed(BaseException):
    """The deployer is gone: nothing of its own is cleaned up."""


def die(_method: str, _path: str) -> None:
    raise Killed


def killed(cluster: Cluster, seconds: float, **options) -> Deployer:
    deployer = Deployer(cluster, "dead", **options)
    cluster.after(seconds, lambda: cluster.faults.append(die))
    with pytest.raises(Killed):
        deployer.ensure()
    cluster.faults.clear()
    return deployer


def only(cluster: Cluster, kind: str) -> dict:
    (found,) = cluster.all(kind)
    return found


def test_it_runs_and_leaves_a_marker():
    cluster = Cluster(Script(lines=("one", "two")))
    deployer = Deployer(cluster)
    ending = deployer.ensure()

    assert (ending.outcome, ending.log) == (Outcome.PASSED, "one\ntwo\n")
    record = only(cluster, "configmaps")
    assert record["metadata"]["name"] == f"mg-migrate-users-{deployer.run.run_id[:12]}"
    assert record["immutable"] is True
    assert record["data"]["passed"] == deployer.run.run_id
    assert only(cluster, "secrets")["stringData"]["log"] == "one\ntwo\n"
    assert only(cluster, "jobs")["spec"]["ttlSecondsAfterFinished"] == 86400
    assert lease.holder(only(cluster, "leases")) == ""


def test_what_it_says_in_order():
    cluster = Cluster(Script(lines=("one",)))
    deployer = Deployer(cluster)
    deployer.ensure()
    marker = f"mg-migrate-users-{deployer.run.run_id[:12]}"
    assert deployer.lines == [
        f"migrate-users: Job {FIRST} created, attempt 1",
        "migrate-users | one",
        f"migrate-users: recorded as {marker}: passed",
    ]


def test_the_second_time_nothing_happens_in_one_request():
    cluster = Cluster()
    Deployer(cluster).ensure()
    cluster.log.clear()

    ending = Deployer(cluster).ensure()

    assert (ending.outcome, ending.record.sequence) == (Outcome.SKIPPED, 1)
    assert [method for method, _path in cluster.log] == ["GET"]


def test_a_failure_is_recorded_without_the_key_that_pods_need():
    cluster = Cluster(Script(exit_code=3, lines=("boom",)))
    ending = Deployer(cluster).ensure()

    assert (ending.outcome, ending.cls) == (Outcome.FAILED, Class.APP_EXIT)
    record = only(cluster, "configmaps")
    assert record["metadata"]["name"].endswith("-f1")
    assert "passed" not in record["data"]
    assert record["data"]["exit_code"] == "3"


def test_after_a_failure_the_next_run_is_the_next_attempt():
    cluster = Cluster(Script(exit_code=3))
    Deployer(cluster).ensure()
    cluster.script = Script()
    ending = Deployer(cluster).ensure()

    assert (ending.outcome, ending.record.sequence, ending.record.attempt) == ("passed", 2, 2)


def test_one_run_never_tries_twice():
    cluster = Cluster(Script(exit_code=3))
    Deployer(cluster).ensure()
    assert len(cluster.all("jobs")) == 1


def test_a_killed_deployers_job_is_followed():
    cluster = Cluster(Script(run_s=20, lines=("one", "two")))
    killed(cluster, 10)
    heir = Deployer(cluster, "heir")
    ending = heir.ensure()

    assert (ending.outcome, ending.log) == (Outcome.ATTACHED, "one\ntwo\n")
    assert len(cluster.all("jobs")) == 1


def test_a_job_that_ended_unseen_is_recorded():
    cluster = Cluster(Script(run_s=20))
    killed(cluster, 10)
    cluster.sleep(3600)
    ending = Deployer(cluster, "heir").ensure()

    assert ending.outcome == Outcome.ATTACHED
    assert len(cluster.all("jobs")) == 1


def test_a_failure_that_ended_unseen_is_told_before_it_is_tried_again():
    cluster = Cluster(Script(run_s=20, exit_code=1))
    killed(cluster, 10)
    cluster.sleep(3600)
    assert Deployer(cluster, "heir").ensure().outcome == Outcome.FAILED
    cluster.script = Script()
    assert Deployer(cluster, "heir").ensure().record.attempt == 2


def test_an_unrecorded_job_of_another_release_is_recorded_first():
    cluster = Cluster(Script(run_s=20))
    killed(cluster, 10, job=job(args=["old"]))
    ending = Deployer(cluster, "heir", job=job(args=["new"])).ensure()

    assert (ending.outcome, ending.record.sequence) == (Outcome.PASSED, 2)
    assert len([each for each in cluster.all("configmaps") if "passed" in each["data"]]) == 2


def test_a_hung_job_is_left_alone_and_followed_next_time():
    cluster = Cluster(Script(run_s=100))
    first = Deployer(cluster, timeout_s=30).ensure()
    assert (first.outcome, first.job) == (Outcome.IN_PROGRESS, FIRST)
    assert "conditions" not in only(cluster, "jobs")["status"]

    assert Deployer(cluster, timeout_s=120).ensure().outcome == Outcome.ATTACHED


def test_another_runs_job_is_waited_for():
    cluster = Cluster(Script(run_s=60))
    killed(cluster, 10, job=job(args=["old"]))
    deployer = Deployer(cluster, "heir", job=job(args=["new"]), lock_wait_s=20)
    ending = deployer.ensure()

    assert (ending.outcome, ending.cls) == (Outcome.FAILED, Class.LOCKED)
    assert f"Job {FIRST} of migrate-users on {DATABASE}" in ending.sentence


def test_a_pod_that_may_still_run_sql_is_waited_for():
    cluster = Cluster()
    labels = {slots.DATABASE: slots.database_hash(DATABASE)}
    lost = cluster.put(
        "pods",
        {
            "metadata": {"name": "lost", "labels": labels},
            "spec": {},
            "status": {"phase": "Running"},
        },
    )
    deployer = Deployer(cluster, lock_wait_s=10)
    ending = deployer.ensure()

    assert ending.cls == Class.LOCKED
    assert f"pod {lost['metadata']['name']}" in ending.sentence
    assert cluster.all("jobs") == []


def test_a_foreign_job_with_our_name_is_not_taken_for_ours():
    cluster = Cluster()
    cluster.put("jobs", {"metadata": {"name": FIRST, "labels": {}}, "spec": {}})
    with pytest.raises(MigrationError, match="was not made by this gate"):
        Deployer(cluster).ensure()


def test_one_whose_lease_was_taken_writes_nothing_and_follows():
    cluster = Cluster(Script(run_s=60))
    deployer = Deployer(cluster, timeout_s=200)

    def robbed() -> None:
        live = only(cluster, "leases")
        cluster.put("leases", lease.taken(live, "robber", "now"))

    cluster.after(20, robbed)
    ending = deployer.ensure()

    assert (ending.outcome, ending.cls) == (Outcome.FAILED, Class.LOCK_LOST)
    assert "taken over by robber" in ending.sentence
    assert cluster.all("configmaps") == []
    assert len(cluster.all("jobs")) == 1


def test_a_deleted_job_is_interrupted():
    cluster = Cluster(Script(run_s=60))
    cluster.after(20, lambda: cluster.objects.pop(("jobs", FIRST)))
    ending = Deployer(cluster).ensure()

    assert (ending.outcome, ending.cls) == (Outcome.FAILED, Class.INTERRUPTED)
    assert only(cluster, "configmaps")["data"]["class"] == "interrupted"


def test_an_api_server_that_is_away_for_a_minute_is_waited_for():
    cluster = Cluster(Script(run_s=100, lines=("one", "two")))

    def away(_method: str, _path: str) -> None:
        raise ConnectError("connection refused")

    cluster.after(20, lambda: cluster.faults.append(away))
    cluster.after(80, cluster.faults.clear)
    deployer = Deployer(cluster, timeout_s=200)
    ending = deployer.ensure()

    assert (ending.outcome, ending.log) == (Outcome.PASSED, "one\ntwo\n")
    assert any("does not answer, trying on" in line for line in deployer.lines)


def test_an_api_server_that_never_answers_is_said_at_once():
    cluster = Cluster()

    def away(_method: str, _path: str) -> None:
        raise ConnectError("connection refused")

    cluster.faults.append(away)
    with pytest.raises(ConnectError):
        Deployer(cluster).ensure()


def test_an_image_that_cannot_be_pulled_ends_the_job():
    waiting = {"reason": "ErrImagePull", "message": "not found"}
    cluster = Cluster(Script(waiting=waiting))
    began = cluster.now
    ending = Deployer(cluster, timeout_s=300).ensure()

    assert (ending.outcome, ending.cls) == (Outcome.FAILED, Class.IMAGE_PULL)
    assert cluster.now - began < 90
    assert only(cluster, "configmaps")["data"]["class"] == "image_pull"


def test_what_is_missing_is_told_before_a_job_exists():
    cluster = Cluster()
    url = {"name": "URL", "valueFrom": {"secretKeyRef": {"name": "users-db", "key": "url"}}}
    with pytest.raises(MigrationError, match="Secret users-db does not exist in namespace shop"):
        Deployer(cluster, job=job(env=[url])).ensure()
    assert cluster.all("jobs") == []
    assert cluster.all("leases") == []


def test_a_missing_namespace_is_the_only_thing_told():
    cluster = Cluster()

    def no_namespace(method: str, path: str) -> None:
        if method == "POST" and path.endswith("/jobs"):
            raise ApiError(404, "NotFound", 'namespaces "shop" not found', {})

    cluster.objects.clear()
    cluster.faults.append(no_namespace)
    with pytest.raises(MigrationError, match=r"^namespace shop does not exist"):
        Deployer(cluster).ensure()


def test_secret_values_never_leave():
    hidden = "c2VjcmV0LXBhc3N3b3Jk"  # secret-password
    cluster = Cluster(
        Script(exit_code=1, lines=("cannot log in with secret-password", "password=other"))
    )
    cluster.put("secrets", {"metadata": {"name": "users-db"}, "data": {"url": hidden}})
    url = {"name": "URL", "valueFrom": {"secretKeyRef": {"name": "users-db", "key": "url"}}}
    deployer = Deployer(cluster, job=job(env=[url]))
    ending = deployer.ensure()

    written = [str(found) for kind in ("configmaps", "jobs") for found in cluster.all(kind)]
    told = [ending.log, ending.sentence, *deployer.lines, *written]
    kept = cluster.objects["secrets", f"{only(cluster, 'configmaps')['metadata']['name']}-log"]
    assert not [text for text in [*told, str(kept)] if "secret-password" in text]
    assert ending.log == "cannot log in with ********\npassword=********\n"


def test_a_create_whose_answer_was_lost_is_not_repeated():
    cluster = Cluster()

    def lost(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/jobs") and cluster.all("jobs"):
            cluster.faults.clear()
            raise ApiError(503, "ServiceUnavailable", "try again", {})

    cluster.faults.append(lost)
    assert Deployer(cluster).ensure().outcome == Outcome.PASSED
    assert len(cluster.all("jobs")) == 1


def test_heartbeats_break_a_long_silence():
    cluster = Cluster(Script(run_s=50))
    deployer = Deployer(cluster)
    deployer.ensure()
    assert len([line for line in deployer.lines if "is running" in line]) >= 2
