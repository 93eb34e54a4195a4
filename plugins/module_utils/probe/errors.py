# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps http_check from asking. "It does not answer" is an answer and no error."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError


class ProbeError(SlipwayError):
    """The question could not be asked: a URL or an address that is none."""
