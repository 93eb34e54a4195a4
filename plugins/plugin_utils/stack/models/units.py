# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Amounts as other programs than Kubernetes write them."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

_MEBIBYTE = 1024 * 1024


def mebibytes(amount: str) -> int:
    """Return the whole mebibytes that an amount of bytes needs.

    >>> mebibytes("50M"), mebibytes("50Mi"), mebibytes("1")
    (48, 50, 1)
    """
    value = quantity(amount)
    if value is None:
        raise ValueError(amount)
    return -(-int(value) // _MEBIBYTE)
