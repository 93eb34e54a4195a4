# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans on the controller, always: stack files and inventories are nowhere else."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.slipway.stack.plugins.action.resolve import ActionModule as Resolve
from ansible_collections.slipway.stack.plugins.module_utils.arguments import PLAN
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.plugin_utils.stack import plan


class ActionModule(Resolve):
    spec = PLAN
    core = staticmethod(plan.run)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Any:
        self._host = str((task_vars or {}).get("inventory_hostname", "localhost"))
        return super().run(tmp, task_vars)

    def _validated(self) -> tuple[dict[str, Any], set[str]]:
        params, hidden = super()._validated()
        folder = os.path.abspath(str(params["folder"])) if params["folder"] else ""
        beside = [self._path(path) for path in params["beside"]]
        return {**params, "host": self._host, "folder": folder, "beside": beside}, hidden
