# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every style of migration, from the stack file to a workload that serves, on the real cluster.

What each must have done is asked by its own `verify` in styles/stack.yml; a wrong answer fails it.
"""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots

STYLES = Path(__file__).with_name("styles")
MIGRATIONS = {
    "app_db": ["migrate_app", "migrate_app_seed", "migrate_more", "migrate_events"],
    "shared_db": ["migrate_users", "migrate_products", "migrate_orders", "migrate_notes"],
}
IN_ORDER = [name for names in MIGRATIONS.values() for name in names]
GATE = "Run each migration of this phase once"
PLAY = """
- hosts: all
  gather_facts: false
  vars:
    stack_file: "{{ inventory_dir }}/styles/stack.yml"
    stack_release_file: %(release)s
    stack_env: {preset: local, namespace: %(namespace)s, network: {policies: false}}
  roles: [%(roles)s]
"""


class Stack:
    """The stack of styles/ in a namespace of its own."""

    def __init__(self, playbook, client, namespace: str) -> None:
        self.client, self.namespace, self._playbook = client, namespace, playbook
        self.folder = playbook.folder / "styles"
        shutil.copytree(STYLES, self.folder)

    def play(self, *roles: str):
        """Run roles of the collection."""
        names = ", ".join(f"slipway.stack.{role}" for role in roles)
        release = self._playbook.checkout / "build" / "release" / "shop.yml"
        values = {"release": release, "namespace": self.namespace, "roles": names}
        return self._playbook(PLAY % values, timeout_s=600)

    def found(self, kind: str, group: str = "api/v1") -> list[dict]:
        return self.client.request("GET", f"/{group}/namespaces/{self.namespace}/{kind}")["items"]


@pytest.fixture
def stack(playbook, client, absent_namespace) -> Stack:
    return Stack(playbook, client, absent_namespace)


def outcomes(run) -> dict[str, str]:
    return {each["name"]: each["outcome"] for each in run.tasks[GATE]["migrations"]}


def edit(stack: Stack, place: str, old: str, new: str) -> None:
    file = stack.folder / place
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.slow
def test_from_an_empty_namespace_to_workloads_that_serve(stack):
    first = stack.play("infra", "migrations", "workloads")
    assert first.returncode == 0, first.output
    assert outcomes(first) == dict.fromkeys(IN_ORDER, "passed")
    check_jobs_took_turns(stack)
    check_no_service_sees_the_gate(stack)

    again = stack.play("infra", "migrations", "workloads")
    assert (again.returncode, again.stats["changed"]) == (0, 0), again.output
    assert outcomes(again) == dict.fromkeys(IN_ORDER, "skipped")

    check_an_edited_file_is_refused(stack)
    check_a_verify_that_is_false_stops_the_play(stack)


def check_jobs_took_turns(stack: Stack) -> None:
    for database, names in MIGRATIONS.items():
        spans = sorted(
            (job["status"]["startTime"], job["status"]["completionTime"])
            for job in stack.found("jobs", "apis/batch/v1")
            if database_of(job).endswith(f"/{database.replace('_', '-')}")
        )
        assert len(spans) == len(names)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def database_of(job: dict) -> str:
    return (job["metadata"].get("annotations") or {}).get(slots.DATABASE, "")


def check_no_service_sees_the_gate(stack: Stack) -> None:
    selectors = [each["spec"]["selector"].items() for each in stack.found("services")]
    pods = [pod["metadata"]["labels"] for pod in stack.found("pods")]
    gates = [labels for labels in pods if slots.RUN in labels]
    assert len(gates) == len(IN_ORDER)
    assert [labels for labels in gates for each in selectors if each <= labels.items()] == []


def check_an_edited_file_is_refused(stack: Stack) -> None:
    edit(stack, "sql/events/0001_events.sql", "what text", "what varchar")
    run = stack.play("infra", "migrations")
    assert run.returncode == 2
    assert "0001_events.sql was edited after it ran" in run.tasks[GATE]["msg"]
    edit(stack, "sql/events/0001_events.sql", "what varchar", "what text")


def check_a_verify_that_is_false_stops_the_play(stack: Stack) -> None:
    edit(stack, "stack.yml", "insert into boots default values", "select 1")
    edit(stack, "stack.yml", "count(*) = 1 from boots", "count(*) = 7 from boots")
    before = {pod["metadata"]["uid"] for pod in stack.found("pods")}
    run = stack.play("infra", "migrations", "workloads")
    assert run.returncode == 2
    assert outcomes(run)["migrate_notes"] == "failed"
    assert "verify says 'f', not 't'" in run.tasks[GATE]["msg"]
    fresh = [pod for pod in stack.found("pods") if pod["metadata"]["uid"] not in before]
    assert {pod["metadata"]["labels"].get(slots.MIGRATION) for pod in fresh} == {"migrate-notes"}


def test_an_unknown_style_is_named_before_the_cluster_is_asked(stack):
    edit(stack, "stack.yml", "style: sql", "style: sqll")
    run = stack.play("migrations")
    assert run.returncode == 2
    assert GATE not in run.tasks
    said = run.tasks["Resolve the stack"]["msg"]
    assert "migrations.migrate_events.style" in said
    assert 'Did you mean "sql"?' in said
