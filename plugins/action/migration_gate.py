# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs migration_gate inside ansible-playbook, with live lines."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.arguments import MIGRATION_GATE
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.migrations import front


class ActionModule(CoreAction):
    spec = MIGRATION_GATE
    core = staticmethod(front.run)
