# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""migration_gate in a playbook on the real cluster, as action and as module."""

from __future__ import annotations

import json

import pytest

from tests.integration.playbook import ACTION, MODULE

TASK = "Migrate"
FACTS_OF_ONE_RUN = ("pod", "node", "duration_s", "job", "log_tail", "waited_for_lock_s")


def migration(script: str, **changes) -> dict:
    container = {
        "name": "migrate",
        "image": "debian:bookworm-slim",
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-euc", script],
    }
    return {
        "name": "migrate_users",
        "database": {"id": "shop/users-db", "incarnation": "first"},
        "job": {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "spec": {"template": {"spec": {"containers": [container]}}},
        },
    } | changes


def play(namespace: str, *migrations: dict, **options) -> str:
    arguments = {"namespace": namespace, "migrations": list(migrations), **options}
    arguments.setdefault("rerun", [each["name"] for each in migrations])
    task = {"name": TASK, "slipway.stack.migration_gate": arguments}
    fact = {"name": "Tell", "ansible.builtin.debug": {"var": "slipway_markers"}}
    return json.dumps([{"hosts": "shop", "gather_facts": False, "tasks": [task, fact]}])


def stable(result: dict) -> dict:
    """Return what two runs of the same have in common."""
    (entry,) = result["migrations"]
    kept = {key: value for key, value in entry.items() if key not in FACTS_OF_ONE_RUN}
    return {"msg": result["msg"], "changed": result["changed"], "entry": kept}


def test_check_run_check_run(playbook, namespace):
    text = play(namespace, migration("echo one; echo two >&2"))
    runs = [playbook(text, *options) for options in (["--check"], [], ["--check"], [])]
    results = [run.tasks[TASK] for run in runs]

    assert [result["migrations"][0]["outcome"] for result in results] == [
        "would_run",
        "passed",
        "skipped",
        "skipped",
    ], [result["msg"] for result in results]
    assert [result["changed"] for result in results] == [True, True, False, False]
    assert "shop: migrate-users | one" in runs[1].output
    assert "shop: migrate-users | two" in runs[1].output
    (marker,) = {result["markers"]["migrate_users"] for result in results}
    assert runs[3].tasks["Tell"]["slipway_markers"] == {"migrate_users": marker}


def test_action_and_module_answer_alike(playbook, client, namespace):
    text = play(namespace, migration("echo one; exit 3"))
    answers = []
    for path in (ACTION, MODULE):
        answers.append(stable(playbook(text, path=path).tasks[TASK]))
        client.request("DELETE", f"/api/v1/namespaces/{namespace}/configmaps")
        client.request(
            "DELETE",
            f"/apis/batch/v1/namespaces/{namespace}/jobs",
            query={"propagationPolicy": "Foreground"},
        )
        client.request("DELETE", f"/api/v1/namespaces/{namespace}/pods")
    sentences = [answer.pop("msg").splitlines()[1:] for answer in answers]
    assert answers[0] == answers[1]
    assert sentences[0] == sentences[1]


def test_a_failure_stops_the_play_with_its_last_lines(playbook, namespace):
    run = playbook(play(namespace, migration("echo before; echo boom >&2; exit 3")))

    assert run.returncode == 2
    assert "Tell" not in run.tasks
    message = run.tasks[TASK]["msg"]
    assert message.startswith(
        "migrate_users on shop/users-db failed: container migrate ended with exit code 3"
    )
    assert "  boom" in message.splitlines()


def test_query_changes_nothing(playbook, namespace):
    text = play(namespace, migration("echo one"), state="query")
    result = playbook(text).tasks[TASK]
    assert (result["changed"], result["migrations"][0]["outcome"]) == (False, "would_run")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phase": "during"}, "value of phase must be one of: pre, post"),
        ({"database": {"incarnation": "x"}}, "missing required arguments: id"),
        ({"style": "job"}, "Unsupported parameters"),
        ({"job": {"kind": "Job"}}, "must hold exactly one container"),
        (
            {"database": {"id": "a", "claims": ["gone"]}},
            "PersistentVolumeClaim gone does not exist",
        ),
    ],
    ids=["phase", "no id", "unknown option", "no container", "no claim"],
)
def test_options_that_make_no_sense(playbook, namespace, changes, words):
    run = playbook(play(namespace, migration("true", **changes)))
    assert run.returncode != 0
    assert words in run.tasks[TASK]["msg"]
