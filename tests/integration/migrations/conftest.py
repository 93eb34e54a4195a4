# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL of the kill tests, where migrations of several stacks meet."""

from __future__ import annotations

from tests.kill.conftest import database, town

__all__ = ["database", "town"]
