# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations: as people write them, as seconds. Quantities are read by `kube.quantity`."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def seconds(duration: str | int) -> int:
    """Return the seconds of a duration that the schema has accepted.

    >>> seconds("1m30s"), seconds(45)
    (90, 45)
    """
    if isinstance(duration, int):
        return duration
    match = _DURATION.fullmatch(duration)
    if not match:
        raise ValueError(duration)
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest
