# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits in-process where the connection is local: live lines instead of silence."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.arguments import HEALTH_WAIT
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.health import wait


class ActionModule(CoreAction):
    spec = HEALTH_WAIT
    core = staticmethod(wait.run)
    _supports_async = True

    def _is_here(self) -> bool:
        """A task with `async` outlives its worker: it runs as a module, in the background."""
        return not self._task.async_val and super()._is_here()

    def _run_module(self, task_vars: dict[str, Any]) -> Any:
        if not self._task.async_val:
            return super()._run_module(task_vars)
        return self._execute_module(task_vars=task_vars, wrap_async=True)
