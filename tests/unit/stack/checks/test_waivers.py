# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: what is accepted, until when, and what becomes of a waiver that is of no use."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding

from tests.unit.stack.checks.telling import told, whole

STACK = whole("workloads: {api: {image: app, env: {URL: 'http://localhost:1', TWO: localhost}}}")
WAIVER = "waivers: {%s: [{path: %s, reason: a sidecar of the mesh, until: %s}]}"
LAST_DAY = date(2027, 1, 31)


def waived(
    code: str = "localhost",
    path: str = "workloads.api",
    until: str = '"2027-01-31"',
    today: date = LAST_DAY,
) -> list[Finding]:
    return told(STACK, WAIVER % (code, path, until), today)


def levels(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.id, str(finding.level)) for finding in findings]


def test_what_is_waived_is_kept_on_record_with_its_reason() -> None:
    findings = waived()
    assert levels(findings) == [("localhost", "waived")] * 2
    assert findings[0].fix == "Waived until 2027-01-31: a sidecar of the mesh"


def test_a_waiver_covers_its_path_only() -> None:
    assert levels(waived(path="workloads.api.env.URL")) == [
        ("localhost", "waived"),
        ("localhost", "error"),
    ]


@pytest.mark.parametrize("path", ["workloads.ap", "workloads.apis", "workloads.api.env.UR"])
def test_a_path_is_no_beginning_of_a_name(path: str) -> None:
    assert {level for _id, level in levels(waived(path=path))} == {"error"}


def test_a_waiver_ends() -> None:
    findings = waived(today=date(2027, 2, 1))
    assert levels(findings) == [*[("localhost", "error")] * 2, ("expired-waiver", "error")]
    assert str(findings[-1]) == (
        "waivers.localhost[0]: this waiver ended on 2027-01-31 (the inventory:1:23)."
        " Mend what it is about, or decide anew."
    )


def test_a_waiver_that_meets_nothing_is_told() -> None:
    stack = whole("workloads: {api: {image: app}}")
    waiver = WAIVER % ("localhost", "workloads.api", '"2027-01-31"')
    assert levels(told(stack, waiver)) == [("unused-waiver", "warning")]


@pytest.mark.parametrize(
    ("waiver", "says"),
    [
        (WAIVER % ("localhots", "workloads", '"2027-01-31"'), 'no check "localhots"'),
        (WAIVER % ("unknown-key", "workloads", '"2027-01-31"'), 'no check "unknown-key"'),
        (WAIVER % ("localhost", "workloads", '"2027-02-30"'), "there is no such day"),
        (WAIVER % ("localhost", "workloads", "2027-01-31"), "YAML reads this as a timestamp"),
        (WAIVER % ("localhost", "workloads", "soon"), '"soon" is not a day, such as "2027-01-31"'),
        ("waivers: {localhost: [{path: workloads, until: '2027-01-31'}]}", "reason: missing"),
        (
            "waivers: {localhost: [{path: workloads, reason: well, until: '2027-01-31'}]}",
            "a reason:",
        ),
    ],
)
def test_a_waiver_must_be_meant(waiver: str, says: str) -> None:
    assert any(says in str(finding) for finding in told(STACK, waiver) if finding.level == "error")
