# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`resolve` in a playbook, with an inventory's own files; there is no cluster to be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.playbook import ACTION, MODULE, PlaybookRunner

RESOLVE = """
- hosts: shop
  gather_facts: false
  tasks:
    - name: Resolve
      slipway.stack.resolve:
        stack_file: "{{ stack_file }}"
        environment: ["{{ stack_env }}"]
"""
STACK = """\
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
workloads:
  api:
    image: app
    ports: {http: 8080}
    health: {port: http, live: /livez}
    env: {SELF: "${api.url}"}
"""
VARIABLES = """\
stack_file: stacks/demo.yml
where: local
stack_env:
  preset: "{{ where }}"
  namespace: demo-test
  workloads:
    api: {scale: {replicas: 2}}
"""
FAULTS = {
    "unknown key": (
        ("    ports:", "    prots:"),
        'workloads.api.prots: unknown key (stacks/demo.yml:7:5). Did you mean "ports"?',
    ),
    "wrong type": (
        ("http: 8080", 'http: "8080"'),
        'workloads.api.ports.http: must be a whole number, but is "8080" (stacks/demo.yml:7:13).',
    ),
    "reference to nothing": (
        ("${api.url}", "${apy.url}"),
        "workloads.api.env.SELF: ${apy.url} refers to nothing (stacks/demo.yml:9:11)."
        ' Did you mean "api"?',
    ),
    "wrong value in the inventory": (
        ("replicas: 2", "replicas: two"),
        'workloads.api.scale.replicas: must be a whole number, but is "two"'
        " (host_vars/shop.yml:7:19).",
    ),
}


class Folder:
    """An inventory with one stack, and a cluster that does not exist."""

    def __init__(self, checkout: Path, path: Path) -> None:
        self.path = path
        self.run = PlaybookRunner(checkout=checkout, kubeconfig=path / "none", folder=path)

    def write(self, stack: str, variables: str) -> None:
        for name, text in (("stacks/demo.yml", stack), ("host_vars/shop.yml", variables)):
            file = self.path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)


@pytest.fixture
def folder(checkout: Path, tmp_path: Path) -> Folder:
    found = Folder(checkout, tmp_path)
    found.write(STACK, VARIABLES)
    return found


def test_check_and_real_twice_give_the_same_fact_and_change_nothing(folder: Folder) -> None:
    runs = [folder.run(RESOLVE, *options) for options in (["--check"], [], ["--check"], [])]
    facts = [run.tasks["Resolve"]["ansible_facts"]["slipway_stack"] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0]
    assert all(fact == facts[0] for fact in facts)
    assert facts[0]["namespace"] == "demo-test"
    assert [run.stats["changed"] for run in runs] == [0, 0, 0, 0]


def test_it_runs_on_the_controller_whatever_the_connection(folder: Folder) -> None:
    facts = [folder.run(RESOLVE, path=path).tasks["Resolve"] for path in (ACTION, MODULE)]
    assert facts[0]["ansible_facts"] == facts[1]["ansible_facts"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_clear_message(folder: Folder, fault: str) -> None:
    (right, wrong), message = FAULTS[fault]
    folder.write(STACK.replace(right, wrong), VARIABLES.replace(right, wrong))
    run = folder.run(RESOLVE)
    assert run.returncode != 0
    assert run.tasks["Resolve"]["msg"].splitlines() == [
        "stacks/demo.yml and its environment have an error:",
        f"  {message}",
    ]
    assert "Traceback" not in run.output


def test_a_broken_stack_stops_the_site_before_the_cluster_is_asked(folder: Folder) -> None:
    folder.write(STACK.replace("    ports:", "    prots:"), VARIABLES)
    run = folder.run("- import_playbook: slipway.stack.site")
    assert run.returncode != 0
    assert FAULTS["unknown key"][1] in run.output
    assert "kubeconfig" not in run.output


def test_a_stack_file_that_is_not_there(folder: Folder) -> None:
    (folder.path / "stacks/demo.yml").unlink()
    message = folder.run(RESOLVE).tasks["Resolve"]["msg"]
    assert message.endswith(
        "stacks/demo.yml: No such file or directory. Correct its path in the inventory."
    )
