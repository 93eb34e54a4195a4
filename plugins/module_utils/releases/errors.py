# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of releases."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class ReleaseError(SlipwayError):
    """There is no such release, or its record cannot be read."""
