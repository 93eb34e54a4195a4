# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door and the inventory's marks: files in, a fact or all errors out."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.slipway.stack.plugins.plugin_utils.origins import node
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.front import run
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import mark_at, plain

STACK = """\
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
workloads:
  one: {image: app, ports: {http: 80}, env: {TWO: "${two.url}"}}
  two: {image: app, ports: {http: 80}, env: {ONE: "${one.url}"}}
"""
VARIABLES = """\
stack_env:
  preset: local
  workloads:
    one:
      scale: {replicas: 2}
      config: []
    two: {size: smal}
"""


@pytest.fixture
def variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Ansible reads from host_vars, with its tags."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "host_vars.yml").write_text(VARIABLES)
    (tmp_path / "demo.yml").write_text(STACK)
    return DataLoader().load_from_file(str(tmp_path / "host_vars.yml"))["stack_env"]


def resolve(environment: Any, lines: list[str], **files: str) -> dict[str, Any]:
    params = {"stack_file": "demo.yml", "release_file": "", "environment": environment, **files}
    return run(params, check=True, report=lines.append)


def test_values_of_an_inventory_keep_their_place(variables: Any) -> None:
    layer = node(variables)
    assert plain(layer)["workloads"]["one"] == {"scale": {"replicas": 2}, "config": []}
    assert plain(layer)["preset"].__class__ is str
    assert str(mark_at(layer, ("workloads", "one", "scale", "replicas"))) == "host_vars.yml:5:15"
    assert str(mark_at(layer, ("workloads", "two"))) == "host_vars.yml:7:5"


def test_values_without_tags_come_from_the_inventory() -> None:
    layer = node({"preset": "local", "list": [True, None]})
    assert plain(layer) == {"preset": "local", "list": [True, None]}
    assert str(mark_at(layer, ("list", 0))) == "the inventory"


def test_all_errors_are_told_at_once(variables: Any) -> None:
    result = resolve([node(variables)], [])
    assert result["failed"]
    assert "ansible_facts" not in result
    assert result["msg"] == textwrap.dedent(
        """\
        demo.yml and its environment have an error:
          workloads.two.size: there is no size "smal" (host_vars.yml:7:11). Did you mean "small"?"""
    )


def test_a_sound_stack_is_a_fact_and_warnings_are_printed(variables: Any) -> None:
    lines: list[str] = []
    del variables["workloads"]["two"]
    result = resolve([node(variables)], lines)
    assert result["ansible_facts"]["slipway_stack"]["name"] == "demo"
    assert [line.partition(" (")[0] for line in lines] == [
        "warning: workloads.one.env.TWO: workloads refer to each other: one → two → one"
    ]
    assert [finding["level"] for finding in result["findings"]] == ["warning"]


def test_a_draft_is_not_deployed(variables: Any, tmp_path: Path) -> None:
    stack = STACK.replace("acme/app", "registry.example.com/app")
    (tmp_path / "demo.yml").write_text(stack)
    said = {**variables, "preset": "shared", "workloads": {}}
    result = resolve([node(said)], [])
    assert result["failed"]
    assert "ansible_facts" not in result
    assert result["msg"].splitlines()[0] == (
        "demo.yml can be planned with this environment, not deployed:"
    )
    assert "  images.app.repo: registry.example.com/app stands for" in result["msg"]


def test_a_release_file_that_was_never_written(variables: Any) -> None:
    with pytest.raises(StackError, match=r"Cannot read the release file .*release.yml: No such"):
        resolve([node(variables)], [], release_file="release.yml")


def test_faults_of_both_files_are_told(variables: Any, tmp_path: Path) -> None:
    (tmp_path / "demo.yml").write_text("name: [")
    (tmp_path / "release.yml").write_text("a: 1\na: 2\n")
    result = resolve([node(variables)], [], release_file="release.yml")
    assert [finding["id"] for finding in result["findings"]] == ["yaml", "duplicate-key"]
