# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phase post: due when the release is healthy, and nobody begins the next one before it passed."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front, jobs, upkeep

from tests.unit.migrations.cluster import Cluster, Script
from tests.unit.migrations.test_front import option, outcomes

EXPAND, CONTRACT = "migrate_users", "contract_users"


def release(number: int, **changes) -> list[dict]:
    """Return what one release wants: to expand before the roll-out, to contract after it."""
    image = f"shop:{number}"
    post = option(CONTRACT, image=image, args=["contract"]) | {"phase": "post"} | changes
    return [option(EXPAND, image=image), post]


def deploy(number: int, phase: str, *, options=None, check=False, **params) -> dict:
    params = {"baseline": [], "rerun": [], "state": "present", "holder": None} | params
    params |= {"namespace": "shop", "phase": phase, "lock_wait": 5}
    params["migrations"] = release(number) if options is None else options
    return front.run(params, check=check, report=lambda line: None)


def classes(result: dict) -> list[str]:
    return [entry["class"] for entry in result["migrations"]]


def test_each_phase_runs_its_own(cluster):
    assert outcomes(deploy(1, "pre")) == ["passed", "later"]
    assert outcomes(deploy(1, "post")) == ["later", "passed"]
    assert outcomes(deploy(1, "pre")) == ["skipped", "later"]
    assert outcomes(deploy(1, "post")) == ["later", "skipped"]
    assert outcomes(deploy(2, "pre")) == ["passed", "later"]


def test_post_is_refused_before_pre(cluster):
    result = deploy(1, "post")
    assert classes(result) == ["", "refused"]
    assert "run phase pre first" in result["msg"]
    assert cluster.all("jobs") == []


def fail_post(cluster: Cluster) -> None:
    deploy(1, "pre")
    cluster.script = Script(exit_code=3)
    assert outcomes(deploy(1, "post")) == ["later", "failed"]
    cluster.script = Script()


def test_while_post_is_due_the_next_release_is_refused(cluster):
    fail_post(cluster)
    refused = deploy(2, "pre")
    assert (classes(refused), refused["migrations"][0]["post_owed"]) == (["owed", ""], True)
    assert "contract-users (phase post" in refused["msg"]

    assert outcomes(deploy(1, "pre")) == ["skipped", "later"]
    assert outcomes(deploy(1, "post")) == ["later", "passed"]
    assert outcomes(deploy(2, "pre")) == ["passed", "later"]


def test_rerun_lets_the_next_release_make_up_for_it(cluster):
    fail_post(cluster)
    assert outcomes(deploy(2, "pre", rerun=[CONTRACT])) == ["passed", "later"]
    assert outcomes(deploy(2, "post")) == ["later", "passed"]
    assert outcomes(deploy(3, "pre")) == ["passed", "later"], "the debt of release 1 is settled"


def test_rollback_is_allowed_until_post_passed(cluster):
    deploy(1, "pre")
    deploy(1, "post")
    deploy(2, "pre")
    assert outcomes(deploy(1, "pre")) == ["skipped", "later"]
    deploy(2, "post")
    refused = deploy(1, "pre")
    assert classes(refused)[0] == "backwards"
    assert "contract-users (sequence 4" in refused["msg"]


def test_control_without_the_floor_the_older_release_passes(cluster, monkeypatch):
    monkeypatch.setattr(front.steps, "contract_floor", lambda *given: "")
    for number, phase in ((1, "pre"), (2, "pre"), (2, "post")):
        deploy(number, phase)
    assert outcomes(deploy(1, "pre")) == ["skipped", "later"]


def old_pod(cluster: Cluster, marker: str) -> None:
    source = {"configMapKeyRef": {"name": marker, "key": "passed"}}
    container = {"name": "app", "env": [{"name": "MIGRATION_GATE", "valueFrom": source}]}
    pod = {"metadata": {"name": "old", "labels": {}}, "status": {"phase": "Running"}}
    cluster.put("pods", pod | {"spec": {"containers": [container], "nodeName": "node-1"}})


def test_post_waits_for_the_pods_of_the_older_release(cluster):
    old_pod(cluster, deploy(1, "pre")["markers"][EXPAND])
    deploy(2, "pre")
    waited = deploy(2, "post")
    assert classes(waited) == ["", "locked"]
    assert "pod old (node-1) of an older release to end" in waited["msg"]

    del cluster.objects["pods", "old"]
    assert outcomes(deploy(2, "post")) == ["later", "passed"]


def test_check_mode_tells_each_phase_apart(cluster):
    assert outcomes(deploy(1, "pre", check=True)) == ["would_run", "later"]


def test_history_tells_a_run_once_whose_marker_was_copied(cluster):
    fail_post(cluster)
    home, elsewhere = cluster.store(), cluster.store()
    kept = home.kept("")
    elsewhere.namespace, elsewhere.kept = "data", lambda selector: kept
    assert upkeep.history([home, elsewhere]) == upkeep.history([home])


def test_history_tells_who_ran_what(cluster):
    fail_post(cluster)
    told = deploy(1, "all", state="history", options=[])
    assert [(row["migration"], row["outcome"]) for row in told["history"]] == [
        ("migrate-users", "passed"),
        ("contract-users", "failed: app_exit"),
    ]
    assert all("@" in row["by"] for row in told["history"])
    lines = told["msg"].splitlines()
    assert lines[0].split() == list(upkeep.COLUMNS)
    assert lines[-1].split()[:3] == ["contract-users", "post", "due"]


def test_a_lock_is_broken_only_in_the_name_of_its_holder(cluster):
    deploy(1, "pre")
    (lease,) = cluster.all("leases")
    lease["spec"]["holderIdentity"] = "mary@desk"
    with pytest.raises(front.MigrationError, match="held by mary@desk"):
        deploy(1, "all", state="unlocked", holder="john@desk")
    assert deploy(1, "all", state="unlocked", holder="mary@desk", check=True)["changed"]
    assert lease["spec"]["holderIdentity"] == "mary@desk"
    assert deploy(1, "all", state="unlocked", holder="mary@desk")["changed"]
    assert not deploy(1, "all", state="unlocked", holder="mary@desk")["changed"]


def test_what_is_forgotten_runs_again(cluster):
    deploy(1, "pre")
    forgotten = deploy(1, "all", state="absent")
    assert forgotten["changed"]
    kept = [kind for kind, _name in cluster.objects if kind in ("configmaps", "secrets", "jobs")]
    assert kept == []
    assert not deploy(1, "all", state="absent")["changed"]
    cluster.objects = {key: each for key, each in cluster.objects.items() if key[0] != "pods"}
    assert outcomes(deploy(1, "pre")) == ["passed", "later"]


def test_what_runs_is_not_forgotten(cluster):
    deploy(1, "pre")
    (job,) = cluster.all("jobs")
    job["status"] = {}
    assert not jobs.ended(job)
    with pytest.raises(front.MigrationError, match="can be forgotten when it has ended"):
        deploy(1, "all", state="absent")


def test_a_seed_runs_once_per_database(cluster):
    def seed(image: str) -> dict:
        return deploy(1, "pre", options=[option("seed", image=image) | {"once_per": "database"}])

    assert [outcomes(seed(image)) for image in ("shop:1", "shop:2")] == [["passed"], ["skipped"]]
    del cluster.objects["persistentvolumeclaims", "data-users-db-0"]
    cluster.put("persistentvolumeclaims", {"metadata": {"name": "data-users-db-0"}})
    assert outcomes(seed("shop:2")) == ["passed"]
