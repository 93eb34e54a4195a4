# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message, as people read it: cases.yml says for each stack what is told about it."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Mark, Node

from tests.unit import quick_yaml
from tests.unit.together import hold

CASES = quick_yaml.load((Path(__file__).parent / "cases.yml").read_text("utf-8"))
LAYERS = {"stack": "demo.yml", "environment": "env.yml", "release": "release.yml"}
SOUND = """
schema: stack/v1
name: demo
x-note: only keys that begin with x- are free
images: {app: {repo: acme/app, tag: "1", x-note: here as well}}
workloads:
  api: {image: app, ports: {http: 80}, health: {port: http, live: /livez}}
"""


def told(case: dict[str, str]) -> list[Finding]:
    """Resolve a case and return what is found, first in its YAML, then in what it means."""
    texts = {"environment": case.get("env", "preset: local"), **case}
    layers: dict[str, list[Node]] = {}
    faults: list[Finding] = []
    for layer, file in LAYERS.items():
        if layer in texts:
            node, findings = parse(texts[layer], shown=file, layer=layer)
            layers[layer] = [node]
            faults += findings
    return (
        faults
        or resolve(layers["stack"][0], layers["environment"], layers.get("release", [])).findings
    )


def says(case: dict[str, str]) -> None:
    assert [str(finding) for finding in told(case)] == case["says"].splitlines()


def test_says() -> None:
    hold(says, [(case["name"], case) for case in CASES])


def test_a_sound_stack_gives_no_finding() -> None:
    assert told({"stack": SOUND}) == []


def test_findings_stand_by_file_and_line() -> None:
    for case in CASES:
        places = [
            (one.where.file, one.where.line, one.where.column) for one in told(case) if one.where
        ]
        assert places == sorted(places)


def test_errors_hold_the_document_back_and_warnings_do_not() -> None:
    warning = next(case for case in CASES if "lawful" in case["name"])
    assert [finding.level for finding in told(warning)] == [Level.WARNING]


def test_a_finding_as_json() -> None:
    where = Mark("stack", "demo.yml", 7, 5)
    path = ("workloads", "api", "args", 0)
    assert Finding("unknown-key", path, "unknown key", where, "Remove it.").as_dict() == {
        "id": "unknown-key",
        "level": "error",
        "path": "workloads.api.args[0]",
        "message": "unknown key",
        "where": {"layer": "stack", "file": "demo.yml", "line": 7, "column": 5},
        "fix": "Remove it.",
    }
