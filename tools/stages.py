# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs make targets one after another and ends with a summary that people and CI read.

Exists because `make -k a b c` neither times its targets nor counts tests. What a target does
stands in the Makefile alone; tests are counted from the reports that pytest writes.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
FOUNDATIONS = frozenset({"cluster", "images"})  # nothing after them can work without them


@dataclass(frozen=True, slots=True)
class Stage:
    """What one target came to; a target without a pytest report counts as one check."""

    name: str
    succeeded: bool
    seconds: float
    passed: int
    failed: int
    skipped: int


def counts(report: Path, succeeded: bool) -> tuple[int, int, int]:
    """Return (passed, failed, skipped) of one stage; a failed stage has at least one failure."""
    if not report.exists():
        return int(succeeded), int(not succeeded), 0
    suites = ET.parse(report).getroot().iter("testsuite")
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for key in totals:
            totals[key] += int(suite.get(key, 0))
    failed = totals["failures"] + totals["errors"]
    passed = totals["tests"] - failed - totals["skipped"]
    return passed, max(failed, int(not succeeded)), totals["skipped"]


def run(name: str) -> Stage:
    """Run one make target in the foreground."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    print(f"\n=== {name}", flush=True)
    start = time.monotonic()
    succeeded = subprocess.run(["make", name], cwd=ROOT, check=False).returncode == 0
    return Stage(name, succeeded, time.monotonic() - start, *counts(report, succeeded))


def run_all(names: list[str]) -> list[Stage]:
    """Run the targets in order; stop early only where the rest could not work."""
    stages: list[Stage] = []
    for name in names:
        stages.append(run(name))
        if name in FOUNDATIONS and not stages[-1].succeeded:
            break
    return stages


def summary(stages: list[Stage], names: list[str]) -> str:
    """Return one line per stage and the closing count."""
    lines = [f"\n{'stage':<14}{'result':<10}{'seconds':>8}{'passed':>8}{'failed':>8}{'skipped':>9}"]
    for stage in stages:
        word = "ok" if stage.succeeded else "FAILED"
        lines.append(
            f"{stage.name:<14}{word:<10}{stage.seconds:>8.0f}"
            f"{stage.passed:>8}{stage.failed:>8}{stage.skipped:>9}"
        )
    lines += [f"{name:<14}not run" for name in names[len(stages) :]]
    seconds = sum(stage.seconds for stage in stages)
    lines.append(f"{'all':<24}{seconds:>8.0f} s = {seconds / 60:.1f} min\n")
    passed, failed = sum(s.passed for s in stages), sum(s.failed for s in stages)
    lines.append(f"{passed} passed, {failed} failed, {sum(s.skipped for s in stages)} skipped")
    return "\n".join(lines)


def main() -> int:
    """Run the targets named on the command line."""
    names = sys.argv[1:]
    stages = run_all(names)
    print(summary(stages, names), flush=True)
    return 0 if len(stages) == len(names) and all(s.succeeded for s in stages) else 1


if __name__ == "__main__":
    sys.exit(main())
