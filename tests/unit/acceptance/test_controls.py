# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controls of the acceptance tests take out is still there."""

from __future__ import annotations

import pytest
import yaml

from tests.acceptance.controls.__main__ import ROOT, Control, beginning, chosen

CRITERIA = yaml.safe_load((ROOT / "tests" / "acceptance" / "criteria.yml").read_text("utf-8"))


@pytest.mark.parametrize("control", chosen([]), ids=lambda one: " ".join(one.criteria))
def test_its_text_is_there_once(control: Control) -> None:
    for edit in control.edits:
        assert (ROOT / edit["file"]).read_text("utf-8").count(edit["text"]) == 1, edit


@pytest.mark.parametrize("control", chosen([]), ids=lambda one: " ".join(one.criteria))
def test_its_criteria_have_live_tests(control: Control) -> None:
    folder = ROOT / "tests" / "acceptance" / "live"
    tests = "".join(one.read_text("utf-8") for one in folder.glob("test_*.py"))
    for criterion in control.criteria:
        assert "L" in CRITERIA[criterion]["kind"]
        assert f"def {beginning(criterion)}" in tests


def test_criteria_choose_controls() -> None:
    assert [one.criteria for one in chosen(["MA-6"])] == [["MA-5", "MA-6"]]
