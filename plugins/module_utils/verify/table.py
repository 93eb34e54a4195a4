# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked and what came of it, as the person reads it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.columns import aligned


class Result(StrEnum):
    """``unknown``: nobody may ask."""

    PASSED = "passed"
    FAILED = "FAILED"
    UNKNOWN = "unknown"


class Row(NamedTuple):
    """One question. what: health, names, rights, route or hook.

    seconds: how long the answer took.
    """

    what: str
    name: str
    result: Result
    detail: str
    seconds: float = 0.0


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table, a line for each row."""
    return aligned(
        [(row.result, row.what, row.name, f"{row.seconds:.2f} s", row.detail) for row in rows]
    )
