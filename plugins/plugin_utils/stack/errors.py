# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of this package: the question itself could not be answered.

What is wrong inside a stack is no exception but a Finding, so that all of it is told at once.
"""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class StackError(SlipwayError):
    """A stack cannot be resolved at all: a file or a library is missing."""
