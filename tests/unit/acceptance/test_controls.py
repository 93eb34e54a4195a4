# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controls of the acceptance tests take out is still there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.acceptance.controls.__main__ import ROOT, Control, beginning, chosen

CRITERIA = yaml.safe_load((ROOT / "tests" / "acceptance" / "criteria.yml").read_text("utf-8"))


@pytest.mark.parametrize("control", chosen([]), ids=lambda one: " ".join(one.criteria))
def test_its_text_is_there_once(control: Control) -> None:
    for edit in control.edits:
        assert (ROOT / edit["file"]).read_text("utf-8").count(edit["text"]) == 1, edit


@pytest.mark.parametrize("control", chosen([]), ids=lambda one: " ".join(one.criteria))
def test_no_key_stands_there_twice_without_it(control: Control) -> None:
    """Ansible would take the last of them, and the feature would stay."""
    for edit in control.edits:
        if edit["file"].endswith(".yml"):
            text = (ROOT / edit["file"]).read_text("utf-8")
            for node in mappings(yaml.compose(text.replace(edit["text"], edit["instead"]))):
                keys = [key.value for key, _value in node.value]
                assert len(keys) == len(set(keys)), keys


def mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Yield the mappings of a YAML document."""
    if isinstance(node, yaml.MappingNode):
        yield node
    parts = node.value if isinstance(node, yaml.CollectionNode) else []
    for part in parts:
        for one in part if isinstance(part, tuple) else (part,):
            yield from mappings(one)


@pytest.mark.parametrize("control", chosen([]), ids=lambda one: " ".join(one.criteria))
def test_its_criteria_have_live_tests(control: Control) -> None:
    folder = ROOT / "tests" / "acceptance" / "live"
    tests = "".join(one.read_text("utf-8") for one in folder.glob("test_*.py"))
    for criterion in control.criteria:
        assert "L" in CRITERIA[criterion]["kind"]
        assert f"def {beginning(criterion)}" in tests


def test_criteria_choose_controls() -> None:
    assert [one.criteria for one in chosen(["MA-6"])] == [["MA-5", "MA-6"]]
