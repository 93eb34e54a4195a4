# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database that several stacks migrate: what is where, and under which name."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import references
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render


@pytest.fixture
def shared(document: dict[str, Any]) -> dict[str, Any]:
    """The stack on an external database whose migrations meet in namespace `data`."""
    document["datastores"]["users_db"].update(
        driver="external", host="db.example.com", incarnation="", migrations_namespace="data"
    )
    document["migrations"]["migrate_users"].update(
        style="sql", files={"1.sql": "select 1"}, folder="sql"
    )
    document["migrations"]["migrate_users"]["env"]["X"] = {
        "secret": "migrate-users-env",
        "key": "X",
    }
    document["composed"] = {"migrate-users-env": {"X": "a"}, "users-api-env": {"Y": "b"}}
    document["network"]["policies"] = True
    return document


def places(document: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return the namespace of each object of the role infra, by kind and name."""
    found = [one["metadata"] | {"kind": one["kind"]} for one in infra(document)]
    return {(one["kind"], one["name"]): one.get("namespace", "") for one in found}


def job(gate: dict[str, Any]) -> dict[str, Any]:
    return render("migrations", [gate["job"]], {})[0]


def infra(document: dict[str, Any]) -> list[dict[str, Any]]:
    return render("infra", build(document)["infra"], {})


def test_stacks_of_two_names_and_namespaces_call_it_the_same(shared: dict[str, Any]) -> None:
    other = copy.deepcopy(shared) | {"name": "office", "namespace": "office-dev"}
    known = [build(each)["migrations"][0]["database"] for each in (shared, other)]
    assert (
        known
        == [
            {
                "id": "db.example.com:5432/users",
                "namespace": "data",
                "claims": [],
                "incarnation": "db.example.com",
            }
        ]
        * 2
    )


def test_what_the_job_needs_is_where_it_runs(shared: dict[str, Any]) -> None:
    found = places(shared)
    there = {key for key, namespace in found.items() if namespace == "data"}
    assert {kind for kind, _name in there} == {
        "ServiceAccount",
        "ConfigMap",
        "Secret",
        "NetworkPolicy",
    }
    assert all(name.startswith("shop-dev-migrate-users") for _kind, name in there)
    gate = build(shared)["migrations"][0]
    assert gate["job"]["namespace"] == "data"
    assert {(one.kind, one.name) for one in references(job(gate))} <= {
        *there,
        ("Secret", "users-db"),
    }


def test_stacks_that_use_the_same_names_do_not_touch_each_others_objects(
    shared: dict[str, Any],
) -> None:
    other = copy.deepcopy(shared) | {"namespace": "office-dev"}
    both = [
        {key for key, place in places(each).items() if place == "data"} for each in (shared, other)
    ]
    assert not both[0] & both[1]


def test_all_else_stays_where_the_stack_is(shared: dict[str, Any]) -> None:
    found = places(shared)
    for key in (
        ("Secret", "auth"),
        ("Secret", "users-api-env"),
        ("NetworkPolicy", "default-deny"),
        ("NetworkPolicy", "users-api"),
    ):
        assert found[key] == "shop-dev"


def test_without_a_place_to_meet_nothing_is_elsewhere(shared: dict[str, Any]) -> None:
    """The negative control."""
    shared["datastores"]["users_db"]["migrations_namespace"] = ""
    assert "data" not in places(shared).values()
    gate = build(shared)["migrations"][0]
    assert gate["database"]["id"] == "shop-dev/users-db"
    assert "namespace" not in gate["database"]
