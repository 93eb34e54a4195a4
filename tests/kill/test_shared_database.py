# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One external database, several namespaces: migrated together, and after a namespace is lost."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front, steps

from tests.integration.conftest import delete_namespace, free_name
from tests.kill.deployer import Deployer
from tests.kill.town import counting, database_secret


def make(client, name: str, database) -> str:
    """Make a namespace in which the database's Secret is."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    client.request("POST", "/api/v1/namespaces", body=body)
    secret = database_secret(database.name, host=f"postgres.{database.town.namespace}")
    client.request("POST", f"/api/v1/namespaces/{name}/secrets", body=secret)
    return name


@pytest.fixture
def elsewhere(client, database):
    """A second namespace that knows the database."""
    name = make(client, free_name(), database)
    yield name
    delete_namespace(client, name)


def params(database, namespace: str, app: str, *, seconds: int = 0, **options) -> dict:
    """Return the options of a deployer of `app` in `namespace`. meet: where it meets others."""
    known = {"id": database.id, "claims": [], "incarnation": "first"}
    known["namespace"] = options.pop("meet", "")
    script, name = counting(seconds, tag=app), f"migrate_{app}"
    return database.params(script, name=name, database=known, **options) | {"namespace": namespace}


def both(database, elsewhere: str, *, seconds: int, meet: str) -> list[dict]:
    apps = {"users": database.town.namespace, "orders": elsewhere}
    deployers = [
        Deployer(params(database, namespace, app, seconds=seconds, meet=meet))
        for app, namespace in apps.items()
    ]
    return [deployer.only(within_s=300) for deployer in deployers]


def markers(client, namespace: str) -> set[str]:
    found = client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps")["items"]
    return {each["metadata"]["name"] for each in found if "passed" in each.get("data", {})}


def test_two_apps_of_two_namespaces_take_turns(client, database, elsewhere):
    meet = database.town.namespace
    users, orders = both(database, elsewhere, seconds=8, meet=meet)

    assert [entry["outcome"] for entry in (users, orders)] == ["passed", "passed"]
    assert {entry["sequence"] for entry in (users, orders)} == {1, 2}
    assert (database.runs(), database.overlaps()) == (2, 0)
    assert users["marker"] in markers(client, meet)
    assert markers(client, elsewhere) == {orders["marker"]}
    again = both(database, elsewhere, seconds=8, meet=meet)
    assert [entry["outcome"] for entry in again] == ["skipped", "skipped"]

    gone = params(database, elsewhere, "orders", meet=meet, state="absent") | {"holder": None}
    assert front.run(gone, check=False, report=lambda line: None)["changed"] is True
    assert markers(client, elsewhere) == set()
    assert {users["marker"], orders["marker"]} & markers(client, meet) == {users["marker"]}


def test_control_without_a_place_to_meet_they_overlap(database, elsewhere):
    both(database, elsewhere, seconds=25, meet="")
    assert (database.runs(), database.overlaps()) == (2, 1)


def deploy(database, namespace: str, **options) -> tuple[str, str]:
    wanted = params(database, namespace, "users", **options)
    (entry,) = front.run(wanted, check=False, report=lambda line: None)["migrations"]
    return entry["outcome"], entry["class"]


@pytest.fixture
def anew(client, database, elsewhere, eventually):
    """A namespace that had migrated the database, was deleted, and made again."""
    assert deploy(database, elsewhere) == ("passed", "")
    delete_namespace(client, elsewhere)
    eventually(lambda: gone(client, elsewhere), within_s=180)
    return make(client, elsewhere, database)


def gone(client, namespace: str) -> bool:
    try:
        client.request("GET", f"/api/v1/namespaces/{namespace}")
    except ApiError as error:
        return error.status == 404
    return False


@pytest.mark.parametrize(
    ("word", "outcome", "runs"), [("baseline", "baselined", 1), ("rerun", "passed", 2)]
)
def test_a_namespace_made_anew_is_refused_until_a_word_is_said(database, anew, word, outcome, runs):
    assert deploy(database, anew, rerun=[]) == ("failed", "unrecorded")
    assert database.runs() == 1
    words = {"rerun": []} | {word: ["migrate_users"]}
    assert deploy(database, anew, **words) == (outcome, "")
    assert database.runs() == runs


def test_control_without_the_question_its_history_runs_again(database, anew, monkeypatch):
    monkeypatch.setattr(front, "_unrecorded", lambda *given: steps.Unrecorded.RUN)
    assert deploy(database, anew, rerun=[]) == ("passed", "")
    assert database.runs() == 2
