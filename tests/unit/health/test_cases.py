# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule against named documents: cases/<kind>.yaml.

case:     what it shows
resource: the object; related: what is around it; listed: kinds of which all is in `related`
lasting:  for how many seconds each trouble without a date has lasted; without it: long
applied:  uid, generation and at (a time) of our apply
want:     the status; reason; says: part of the sentence that a person reads
"""

from __future__ import annotations

from pathlib import Path

from ansible_collections.slipway.stack.plugins.module_utils.health.assess import assess, read
from ansible_collections.slipway.stack.plugins.module_utils.health.judge import remember
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.health.read import seconds
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.health.table import RULES
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View

from tests.unit import quick_yaml
from tests.unit.together import hold

NOW = seconds("2026-11-22T12:00:00Z")
CASES = [
    (f"{path.stem}: {case['case']}", case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in quick_yaml.load(path.read_text())
    if "case" in case
]


def verdict_of(case):
    related = Related(case.get("related", []), case.get("listed", []))
    applied = _applied(case.get("applied"))
    history = None
    if "lasting" in case:
        troubles = read(case["resource"], View(related, NOW, applied)).troubles
        history = remember({}, troubles, NOW - case["lasting"])
    return assess(case["resource"], related, now=NOW, applied=applied, history=history)


def _applied(given):
    if not given:
        return None
    at = seconds(given.get("at"))
    return Applied(given.get("uid", ""), given.get("generation", 0), at)


def as_wanted(case):
    verdict = verdict_of(case)
    told = f"{verdict.status} {verdict.reason}: {verdict.message} {'; '.join(verdict.warnings)}"
    assert verdict.status == case["want"], told
    assert verdict.reason == case.get("reason", verdict.reason), told
    assert case.get("says", "") in told


def test_cases():
    hold(as_wanted, CASES)


def test_every_rule_has_a_ready_case_and_one_that_is_not():
    seen = {}
    for _name, case in CASES:
        resource, want = case["resource"], case["want"]
        group = resource["apiVersion"].rpartition("/")[0]
        rule = RULES.get((group, resource["kind"]))
        seen.setdefault(rule, set()).add(want == "ready")
    lacking = [key for key, rule in RULES.items() if seen.get(rule) != {True, False}]
    assert not lacking
