# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops the gate from answering at all; a failed migration is an answer, not an error."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class MigrationError(SlipwayError):
    """The gate cannot say what to run, or may not run it."""


class LockLost(MigrationError):
    """Another deployer holds the Lease by now: nothing may be written any more."""
