# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` counts and prints at its end."""

from __future__ import annotations

import pytest

from tools.stages import Stage, counts, summary

REPORT = (
    '<testsuites><testsuite name="pytest" tests="9" failures="{failures}" errors="{errors}" '
    'skipped="2"/></testsuites>'
)


@pytest.mark.parametrize(
    ("report", "succeeded", "counted"),
    [
        pytest.param(None, True, (1, 0, 0), id="a linter that passed"),
        pytest.param(None, False, (0, 1, 0), id="a linter that failed"),
        pytest.param(REPORT.format(failures=0, errors=0), True, (7, 0, 2), id="tests passed"),
        pytest.param(REPORT.format(failures=1, errors=2), False, (4, 3, 2), id="tests failed"),
        pytest.param(
            REPORT.format(failures=0, errors=0), False, (7, 1, 2), id="pytest itself failed"
        ),
    ],
)
def test_counts(tmp_path, report, succeeded, counted):
    file = tmp_path / "stage.xml"
    if report:
        file.write_text(report)
    assert counts(file, succeeded) == counted


def test_the_summary_ends_with_the_line_that_ci_reads():
    stages = [Stage("unit", True, 8.2, 410, 0, 1), Stage("cluster", False, 61.0, 0, 1, 0)]
    lines = summary(stages, ["unit", "cluster", "e2e"]).strip().splitlines()
    assert lines == [
        "stage         result     seconds  passed  failed  skipped",
        "unit          ok               8     410       0        1",
        "cluster       FAILED          61       0       1        0",
        "e2e           not run",
        "all                           69 s = 1.2 min",
        "",
        "410 passed, 1 failed, 1 skipped",
    ]
