# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a stack whether it works, in-process where the connection is local."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.arguments import VERIFY
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.verify import front


class ActionModule(CoreAction):
    spec = VERIFY
    core = staticmethod(front.run)
