# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the garbage collector off what lives until the end: modules and collected tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Everything that exists by now stays; to walk it again and again is a tenth of the time."""
    gc.freeze()
