# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/acceptance.md: every criterion of the five systems, its tests, and what they said.

A test belongs to the criterion that its name begins with (test_ah_2_…); one of a live cluster
stands below tests/acceptance/live. A criterion passes when all its tests did and it has tests of
every kind that it asks for; what has no test is missing, whoever believes that it holds.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CRITERIA = ROOT / "tests" / "acceptance" / "criteria.yml"
REPORT = ROOT / "build" / "reports" / "acceptance.xml"
PAGE = ROOT / "docs" / "acceptance.md"
SYSTEMS = {
    "AH": "AppHub",
    "PH": "Philotes",
    "MA": "Mathison",
    "MS": "The shop",
    "ST": "The SaaS starter",
}
KINDS = {"S": "static", "L": "live", "SL": "static, live"}
INTRODUCTION = """\
# Acceptance of the five systems

Written by `make acceptance`, from a run of the tests below `tests/acceptance`: static ones look at
the resolved stack and its rendered objects, live ones at a cluster. *missing*: a test that the
criterion asks for does not exist. *deviation*: the tests pass, but the criterion is met in another
way than its words ask for; the reason stands below it. A test that was skipped counts as none.
"""
_NAME = re.compile(r"test_([a-z]{2})_(\d+)_")


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. kind: S, or L for one of a live cluster."""

    name: str
    kind: str
    passed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one criterion came to."""

    id: str
    kind: str
    text: str
    result: str
    tests: tuple[Case, ...]
    note: str = ""


def by_criterion(report: ET.Element) -> dict[str, list[Case]]:
    """Return the tests of a pytest report by the criterion that they are named after."""
    found: dict[str, list[Case]] = {}
    for case in report.iter("testcase"):
        match = _NAME.match(case.get("name", ""))
        if match and case.find("skipped") is None:
            criterion = f"{match[1].upper()}-{match[2]}"
            found.setdefault(criterion, []).append(_test(case))
    return found


def rows(criteria: dict[str, Any], cases: dict[str, list[Case]]) -> list[Row]:
    """Judge every criterion. Raises ValueError for tests of a criterion that does not exist."""
    unknown = cases.keys() - criteria.keys()
    if unknown:
        raise ValueError(f"tests are named after no criterion: {', '.join(sorted(unknown))}")
    return [_row(name, one, cases.get(name, [])) for name, one in criteria.items()]


def page(judged: list[Row]) -> str:
    """Return the page, one table per system."""
    counts = Counter(row.result for row in judged)
    told = " · ".join(f"{counts[word]} {word}" for word in ("pass", "deviation", "fail", "missing"))
    lines = [*INTRODUCTION.splitlines(), "", f"{len(judged)} criteria: {told}."]
    for prefix, system in SYSTEMS.items():
        own = [row for row in judged if row.id.startswith(prefix)]
        lines += ["", f"## {system}", "", "| | criterion | kind | tests | result | time |"]
        lines += ["|---|---|---|---|---|---|", *map(_line, own)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Read the report of the last run, write the page, and fail if a criterion does."""
    criteria = yaml.safe_load(CRITERIA.read_text("utf-8"))
    if not REPORT.exists():
        print(f"{REPORT} is not there: the tests did not run.", file=sys.stderr)
        return 1
    judged = rows(criteria, by_criterion(ET.parse(REPORT).getroot()))
    PAGE.write_text(page(judged), "utf-8")
    failed = [row.id for row in judged if row.result == "fail"]
    print(
        f"{PAGE.relative_to(ROOT)}: {len(judged)} criteria, failed: {', '.join(failed) or 'none'}"
    )
    return 1 if failed else 0


def _test(case: ET.Element) -> Case:
    module = case.get("classname", "")
    kind = "L" if ".live." in f"{module}." else "S"
    passed = not any(case.find(word) is not None for word in ("failure", "error"))
    return Case(case.get("name", ""), kind, passed, float(case.get("time", 0)))


def _row(name: str, criterion: dict[str, Any], own: list[Case]) -> Row:
    kind, deviation = criterion["kind"], criterion.get("deviation", "")
    lacking = set(kind) - {test.kind for test in own}
    if any(not test.passed for test in own):
        result, note = "fail", ""
    elif lacking:
        result, note = "missing", _lacking(own, lacking)
    else:
        result, note = ("deviation" if deviation else "pass"), ""
    note = " ".join(filter(None, (note, deviation)))
    return Row(name, kind, criterion["text"], result, tuple(own), note)


def _lacking(own: list[Case], lacking: set[str]) -> str:
    words = ", ".join(KINDS[kind] for kind in sorted(lacking))
    return f"The {words} part has no test." if own else ""


def _line(row: Row) -> str:
    names = sorted({test.name.split("[")[0] for test in row.tests})
    shown = "<br>".join(f"`{name}`" for name in names) or "none"
    text = row.text + (f"<br>*{row.note}*" if row.note else "")
    time = f"{sum(test.seconds for test in row.tests):.2f} s" if row.tests else ""
    cells = (row.id, text.replace("|", "\\|"), KINDS[row.kind], shown, f"**{row.result}**", time)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
