# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job of each style, from a stack file to the object."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.front import with_files
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

from tests.unit import quick_yaml

ENV = {"DATABASE_URL": "${db.url}"}
STACK: dict[str, Any] = {
    "schema": "stack/v1",
    "name": "demo",
    "images": {"app": {"repo": "acme/app", "tag": "1.0"}},
    "datastores": {"db": {"type": "postgres", "version": "15"}},
    "workloads": {
        "api": {
            "image": "app",
            "size": "small",
            "ports": {"http": 8000},
            "health": {
                "port": "http",
                "live": "/livez",
                "ready": "/readyz",
                "startup_budget": "30s",
            },
            "env": {**ENV, "MODE": "serve"},
            "scale": {"replicas": 1},
        }
    },
}


def document(folder: Path, **migration: Any) -> dict[str, Any]:
    """Return the document of a stack whose database has one migration."""
    known = {"image": "app"} if migration.get("style", "job") == "job" else {}
    spec = {**known, "database": "db", "env": ENV, **migration}
    text = quick_yaml.dump({**STACK, "migrations": {"migrate": spec}})
    where = folder / "demo.yml"
    resolved = resolve(_layer(text, "stack"), [_layer("preset: local", "environment")])
    assert resolved.document, [str(one) for one in resolved.findings]
    return with_files(dict(resolved.document), str(where))


def _layer(text: str, name: str) -> Any:
    node, findings = parse(text, shown="demo.yml", layer=name)
    assert not findings
    return node


def gates(folder: Path, **migration: Any) -> list[dict[str, Any]]:
    return build(document(folder, **migration))["migrations"]


def job(gate: dict[str, Any]) -> dict[str, Any]:
    return render("migrations", [gate["job"]], {})[0]["spec"]["template"]["spec"]


def names(spec: dict[str, Any]) -> list[str]:
    return [one["name"] for one in [*spec.get("initContainers", []), *spec["containers"]]]


def markers(folder: Path, **migration: Any) -> list[str]:
    return document(folder, **migration)["workloads"]["api"]["migrations"]


def test_a_job_waits_for_the_database_first(tmp_path):
    (gate,) = gates(tmp_path, args=["migrate"])
    assert names(job(gate)) == ["wait", "migrate"]
    assert gate["helpers"] == ["wait", "verify"]
    assert job(gate)["initContainers"][0]["securityContext"]["runAsUser"] == 999


def test_it_and_its_seed_run_as_the_user_that_is_said(tmp_path):
    plain, *both = [
        *gates(tmp_path),
        *gates(tmp_path, security={"user": 1000}, seed={"args": ["seed"]}),
    ]
    users = [job(gate)["securityContext"].get("runAsUser") for gate in (plain, *both)]
    assert users == [None, 1000, 1000]
    assert job(plain)["securityContext"]["runAsNonRoot"] is True


def test_verify_comes_after_it(tmp_path):
    (gate,) = gates(tmp_path, verify="select count(*) > 0 from users")
    spec = job(gate)
    assert names(spec) == ["wait", "migrate", "verify"]
    assert spec["containers"][0]["args"] == ["select count(*) > 0 from users"]


def test_a_seed_is_a_migration_of_its_own_that_workloads_wait_for(tmp_path):
    first, seed = gates(tmp_path, args=["migrate"], seed={"args": ["seed"]})
    assert (first["name"], seed["name"]) == ("migrate", "migrate_seed")
    assert (first["job"]["name"], seed["job"]["name"]) == ("migrate", "migrate-seed")
    assert (first.get("once_per", "content"), seed["once_per"]) == ("content", "database")
    assert job(seed)["containers"][0]["args"] == ["seed"]
    assert markers(tmp_path, seed={"args": ["seed"]}) == ["migrate", "migrate_seed"]


def test_sql_files_come_in_a_config_map(tmp_path):
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "0001_users.sql").write_text("create table users ();")
    found = document(tmp_path, style="sql", files="sql")
    built = build(found)
    (gate,) = built["migrations"]
    (config,) = [one for one in built["infra"] if one["name"].startswith("migrate-sql-")]
    spec = job(gate)
    assert names(spec) == ["wait", "migrate"]
    assert config["data"] == {"0001_users.sql": "create table users ();"}
    assert spec["volumes"] == [{"name": "sql", "configMap": {"name": config["name"]}}]
    assert gate["fixed_tags"]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "no file in"),
        ("a b.sql", "rename a b.sql"),
    ],
)
def test_a_folder_without_use_is_named(tmp_path, file, says):
    (tmp_path / "sql").mkdir()
    if file:
        (tmp_path / "sql" / file).write_text("")
    with pytest.raises(StackError, match=f"migrations.migrate.files: .*{says}"):
        document(tmp_path, style="sql", files="sql")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StackError, match="there is no folder"):
        document(tmp_path, style="sql", files="sql")


def test_startup_starts_the_workload_once_as_a_sidecar(tmp_path):
    (gate,) = gates(tmp_path, style="startup", workload="api", verify="select true")
    spec = job(gate)
    app = spec["initContainers"][-1]
    assert (app["name"], app["restartPolicy"], app["image"]) == (
        "startup",
        "Always",
        "acme/app:1.0",
    )
    assert {one["name"]: one.get("value") for one in app["env"]}["MODE"] == "serve"
    probe = app["startupProbe"]
    assert probe["httpGet"]["path"] == "/readyz"
    assert probe["periodSeconds"] * probe["failureThreshold"] == 30
    assert names(spec) == ["wait", "startup", "verify"]
    labels = gate["job"]["labels"]
    assert labels["app.kubernetes.io/name"] == "migrate", "no Service of the workload selects it"


def test_startup_does_not_wait_for_a_database_of_which_it_has_no_url(tmp_path, monkeypatch):
    monkeypatch.setitem(STACK["workloads"]["api"], "env", {"MODE": "serve"})
    (gate,) = gates(tmp_path, style="startup", workload="api", env={})
    assert names(job(gate)) == ["startup", "verify"]


def test_startup_ends_the_workload_as_a_roll_out_would(tmp_path, monkeypatch):
    api = STACK["workloads"]["api"]
    monkeypatch.setitem(api, "share_processes", True)
    monkeypatch.setitem(api, "drain", {"propagation": "3s", "work": "5s"})
    spec = job(gates(tmp_path, style="startup", workload="api")[0])
    assert spec["shareProcessNamespace"] is True
    assert spec["terminationGracePeriodSeconds"] == 13


def test_none_gates_nothing(tmp_path):
    assert gates(tmp_path, style="none") == []
    assert markers(tmp_path, style="none") == []


@pytest.mark.parametrize(("said", "told"), [(True, "true"), (False, "false"), (None, "unknown")])
def test_whether_it_is_compatible_is_passed_on(tmp_path, said, told):
    more = {} if said is None else {"backward_compatible": said}
    assert gates(tmp_path, **more)[0]["backward_compatible"] == told


def test_a_tag_made_of_content_needs_no_warning(tmp_path, monkeypatch):
    assert not gates(tmp_path)[0]["fixed_tags"]
    monkeypatch.setitem(STACK["images"]["app"], "content_addressed", True)
    assert gates(tmp_path)[0]["fixed_tags"]
