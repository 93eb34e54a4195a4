# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps health_wait from answering. "Not ready" is an answer and no error."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class HealthError(SlipwayError):
    """The question could not be asked: a resource without a name, a kind without a list."""
