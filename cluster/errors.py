# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of this program; each one's text is what the user reads."""

from __future__ import annotations


class ClusterError(Exception):
    """Something that the user must know: what, where and what to do."""
