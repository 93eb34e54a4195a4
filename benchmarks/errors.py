# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong while measuring."""

from __future__ import annotations


class BenchError(Exception):
    """A figure cannot be measured as its name says; says what is missing or what happened."""
