# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the criteria: what counts as passed, and what as missing."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tools.acceptance import by_criterion, page, rows

REPORT = """
<testsuites><testsuite>
  <testcase classname="tests.acceptance.test_apphub" name="test_ah_2_all" time="0.5"/>
  <testcase classname="tests.acceptance.test_apphub" name="test_ah_6_plain" time="0.1"/>
  <testcase classname="tests.acceptance.test_apphub" name="test_ah_6_secret[x]" time="0.1">
    <failure message="no"/>
  </testcase>
  <testcase classname="tests.acceptance.test_philotes" name="test_ph_5_budget" time="0.1"/>
  <testcase classname="tests.acceptance.test_philotes" name="test_ph_8_keda" time="0.1"/>
  <testcase classname="tests.acceptance.live.test_mathison" name="test_ma_5_ready" time="9"/>
  <testcase classname="tests.acceptance.live.test_mathison" name="test_ma_6_ready" time="0">
    <skipped message="no cluster"/>
  </testcase>
  <testcase classname="tests.acceptance.test_shop" name="test_something_else" time="1"/>
</testsuite></testsuites>
"""
CRITERIA = {
    "AH-1": {"kind": "L", "text": "deploys"},
    "AH-2": {"kind": "S", "text": "renders a | b"},
    "AH-6": {"kind": "S", "text": "secrets"},
    "PH-5": {"kind": "S", "text": "budget", "deviation": "Another one."},
    "PH-8": {"kind": "SL", "text": "keda"},
    "MA-5": {"kind": "L", "text": "ready"},
    "MA-6": {"kind": "L", "text": "ready, too"},
}


def test_results() -> None:
    found = {row.id: row.result for row in rows(CRITERIA, by_criterion(ET.fromstring(REPORT)))}
    assert found == {
        "AH-1": "missing",
        "AH-2": "pass",
        "AH-6": "fail",
        "PH-5": "deviation",
        "PH-8": "missing",  # only half of it has a test
        "MA-5": "pass",
        "MA-6": "missing",  # what was skipped has shown nothing
    }


def test_the_page_has_a_row_for_each_criterion() -> None:
    text = page(rows(CRITERIA, by_criterion(ET.fromstring(REPORT))))
    assert "7 criteria: 2 pass · 1 deviation · 1 fail · 3 missing." in text
    assert "| AH-2 | renders a \\| b | static | `test_ah_2_all` | **pass** | 0.50 s |" in text
    assert "*The live part has no test.*" in text
    assert "*Another one.*" in text


def test_a_test_of_no_criterion_is_refused() -> None:
    with pytest.raises(ValueError, match="AH-2"):
        rows({}, {"AH-2": []})
