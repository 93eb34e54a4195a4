# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes quantities: ``1``, ``1000m`` and ``1e0`` are one number. Pure.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import Decimal

_SHAPE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?")
_SMALL = {unit: Decimal(1000) ** power for power, unit in enumerate("num", -3)}
_LARGE = {unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)}
_BINARY = {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)}
_UNITS = {"": Decimal(1), **_SMALL, **_LARGE, **_BINARY}


def quantity(value: str | int | float) -> Decimal | None:
    """Return the number that a quantity means, None where it is none."""
    if isinstance(value, bool):
        return None
    match = _SHAPE.fullmatch(str(value))
    if not match:
        return None
    digits, exponent, unit = match.groups()
    return Decimal(digits + (exponent or "")) * _UNITS[unit or ""]
