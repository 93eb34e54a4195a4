# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases that are checked together: each is checked, and each that does not hold is named."""

from __future__ import annotations

import pytest

from tests.unit.together import hold


def even(number):
    assert 4 // number in (1, 2), "odd"


def test_every_case_that_does_not_hold_is_named_with_its_reason():
    with pytest.raises(pytest.fail.Exception) as caught:
        hold(even, [("two", 2), ("one", 1), ("zero", 0), ("four", 4)])
    told = str(caught.value)
    assert told.startswith("2 of 4 cases:\n--- one\n")
    assert "AssertionError: odd" in told
    assert "assert (4 // 1) in (1, 2)" in told
    assert "--- zero\n" in told
    assert "ZeroDivisionError" in told
    assert "two" not in told
    assert "--- four" not in told


def test_all_hold():
    hold(even, [("two", 2), ("four", 4)])


def test_a_table_without_cases_is_a_mistake():
    with pytest.raises(AssertionError, match="no case"):
        hold(even, [])
