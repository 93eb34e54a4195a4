# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities that are one number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

NUMBERS = {
    "1": 1,
    "1000m": 1,
    "0.5": "0.5",
    "500m": "0.5",
    ".5": "0.5",
    "5.": 5,
    "100n": "1e-7",
    "1k": 1000,
    "1Ki": 1024,
    "1024Mi": 1024**3,
    "1Gi": 1024**3,
    "1E": "1e18",
    "1e3": 1000,
    "1E3": 1000,
    "-1": -1,
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items(), ids=NUMBERS)
def test_quantity(text, number):
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize("number", [2, 0.5])
def test_yaml_numbers_are_quantities(number):
    assert quantity(number) == Decimal(str(number))


@pytest.mark.parametrize("text", ["", "x", "1 Gi", "1gi", "1Gib", "--1", True])
def test_no_quantity(text):
    assert quantity(text) is None
