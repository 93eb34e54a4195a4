# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door: options in, one result of one shape out."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)

from tests.unit.migrations import made
from tests.unit.migrations.cluster import Script


def option(name: str = "migrate_users", database: str = "shop/users-db", **changes) -> dict:
    claims = changes.pop("claims", ["data-users-db-0"])
    return {
        "name": name,
        "phase": "pre",
        "database": {"id": database, "claims": claims, "incarnation": ""},
        "backward_compatible": "unknown",
        "job": made.job(**changes),
        "timeout": 60,
    }


def run(*options: dict, check: bool = False, state: str = "present", baseline=(), rerun=()) -> dict:
    params = {"namespace": "shop", "migrations": list(options), "state": state, "lock_wait": 60}
    params |= {"baseline": list(baseline), "rerun": list(rerun)}
    return front.run(params, check=check, report=lambda line: None)


def outcomes(result: dict) -> list[str]:
    return [entry["outcome"] for entry in result["migrations"]]


def test_check_run_check_run(cluster):
    results = [run(option(), check=check) for check in (True, False, True, False)]
    assert [result["changed"] for result in results] == [True, True, False, False]
    assert [outcomes(result) for result in results] == [
        ["would_run"],
        ["passed"],
        ["skipped"],
        ["skipped"],
    ]
    markers = {str(result["markers"]) for result in results}
    assert len(markers) == 1, "check mode predicts the marker"
    assert len(cluster.all("jobs")) == 1


def test_a_second_run_of_one_migration_takes_two_requests(cluster):
    run(option())
    cluster.log.clear()
    run(option())
    assert len(cluster.log) == 2


def test_check_mode_writes_nothing(cluster):
    run(option(), check=True)
    assert {method for method, _path in cluster.log} == {"GET"}


def test_check_mode_shows_what_differs_from_the_last_passed_run(cluster):
    run(option(args=["old"]))
    (diff,) = run(option(args=["new"]), check=True)["diff"]
    assert '"old"' in diff["before"]
    assert '"new"' in diff["after"]


def test_on_an_empty_cluster_check_mode_knows_no_marker(cluster):
    cluster.objects.clear()
    result = run(option(), check=True)
    assert (result["failed"], result["markers"]) == (False, {"migrate_users": ""})


def test_without_its_claim_nothing_is_run(cluster):
    cluster.objects.clear()
    with pytest.raises(
        MigrationError, match="PersistentVolumeClaim data-users-db-0 does not exist"
    ):
        run(option())


def test_query_only_tells(cluster):
    before = run(option(), state="query")
    run(option())
    after = run(option(), state="query")
    assert [(each["changed"], outcomes(each)) for each in (before, after)] == [
        (False, ["would_run"]),
        (False, ["skipped"]),
    ]


def test_a_failure_ends_its_database_and_not_the_others(cluster):
    cluster.script = Script(exit_code=1, lines=("boom",))
    result = run(
        option("first"), option("second", args=["second"]), option("third", "shop/orders-db")
    )
    assert result["failed"] is True
    assert outcomes(result) == ["failed", "not_run", "failed"]
    assert "first comes before it on this database" in result["msg"]


def test_the_message_of_a_failure_read_aloud(cluster):
    cluster.script = Script(exit_code=3, lines=("one", "boom"))
    result = run(option())
    job = result["migrations"][0]["job"]
    assert result["msg"].splitlines() == [
        "migrate_users on shop/users-db failed: container migrate ended with exit code 3 "
        f"(app_exit, attempt 1, Job {job}).",
        "Its last lines:",
        "  one",
        "  boom",
        "Correct it and deploy again: that is the next attempt. Until then the old version serves.",
    ]


def test_markers_are_facts(cluster):
    result = run(option())
    (entry,) = result["migrations"]
    assert result["ansible_facts"] == {"slipway_markers": {"migrate_users": entry["marker"]}}
    assert ("configmaps", entry["marker"]) in cluster.objects


def test_a_tag_is_warned_of(cluster):
    assert "named by a tag" in run(option())["warnings"][0]
    digest = f"shop@sha256:{'a' * 64}"
    assert run(option("other", image=digest))["warnings"] == []


def external(*args: str) -> dict:
    made_option = option(claims=[], args=list(args))
    made_option["database"]["incarnation"] = "prod-2026"
    return made_option


def test_an_external_database_without_records_is_refused(cluster):
    for check in (True, False):
        (entry,) = run(external("migrate"), check=check)["migrations"]
        assert (entry["outcome"], entry["class"]) == ("failed", "unrecorded")
    assert (cluster.all("jobs"), cluster.all("leases")) == ([], [])


def test_rerun_lets_it_run_and_is_not_needed_again(cluster):
    assert outcomes(run(external("one"), rerun=["migrate_users"])) == ["passed"]
    assert outcomes(run(external("two"))) == ["passed"]


def test_a_baseline_is_recorded_without_a_job_and_only_once(cluster):
    first = run(external("one"), baseline=["migrate_users"])
    assert (outcomes(first), first["changed"]) == (["baselined"], True)
    assert cluster.all("jobs") == []
    marker = cluster.objects["configmaps", first["markers"]["migrate_users"]]
    assert "passed" in marker["data"]

    assert outcomes(run(external("one"), baseline=["migrate_users"])) == ["skipped"]
    assert outcomes(run(external("two"), baseline=["migrate_users"])) == ["passed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([option("a_b"), option("a-b")], "a-b stands there twice"),
        ([option("Users")], "migration name 'Users'"),
        ([option(image="")], "has no image"),
        ([option(env=["URL=x"])], "its Job cannot be read"),
        ([option(env=[{"value": "x"}])], r"its Job cannot be read \(KeyError: 'name'\)"),
        ([option(claims=[])], "neither claims nor an incarnation"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_options_that_make_no_sense(cluster, options, words):
    with pytest.raises(MigrationError, match=words):
        run(*options)
