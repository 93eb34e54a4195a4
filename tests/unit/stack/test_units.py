# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds


@pytest.mark.parametrize(
    ("text", "number"),
    [(45, 45), ("90s", 90), ("2m", 120), ("1m30s", 90), ("1h", 3600), ("1h2m3s", 3723)],
)
def test_seconds(text: str | int, number: int) -> None:
    assert seconds(text) == number


def test_what_the_schema_refuses_is_refused_here() -> None:
    with pytest.raises(ValueError, match="5 min"):
        seconds("5 min")
