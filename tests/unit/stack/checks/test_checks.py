# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check: stacks that trip it, and near misses that do not; cases.yml has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import CHECKS
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import dotted

from tests.unit import quick_yaml
from tests.unit.stack.checks.telling import told, told_of_change, told_of_objects, whole
from tests.unit.together import hold

CASES: dict[str, dict[str, Any]] = quick_yaml.load(
    (Path(__file__).parent / "cases.yml").read_text("utf-8")
)
ROWS = [
    (f"{code}: {case['name']}", (code, case)) for code, cases in CASES.items() for case in cases
]


def found(code: str, case: dict[str, Any]) -> list[tuple[str, str]]:
    """Return id and path of everything that is told about a case."""
    if "live" in case:
        findings = told_of_change(list(quick_yaml.load_all(case["live"])))
    elif "objects" in case:
        findings = told_of_objects(list(quick_yaml.load_all(case["objects"])), code)
    else:
        findings = told(whole(case["stack"]), case.get("inventory", ""))
    return [(finding.id, dotted(finding.path)) for finding in findings]


def as_written(row: tuple[str, dict[str, Any]]) -> None:
    code, case = row
    assert found(code, case) == [(code, path) for path in case["finds"]]


def test_cases() -> None:
    hold(as_written, ROWS)


def in_both_ways(code: str) -> None:
    assert {bool(case["finds"]) for case in CASES.get(code, ())} == {True, False}


def test_every_check_has_a_stack_that_trips_it_and_a_near_miss() -> None:
    hold(in_both_ways, [(check.id, check.id) for check in CHECKS])


def test_every_number_of_the_design_is_there() -> None:
    assert {check.number for check in CHECKS} == set(range(27))
