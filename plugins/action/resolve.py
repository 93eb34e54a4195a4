# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves on the controller, always: stack files and inventories are nowhere else."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.arguments import RESOLVE
from ansible_collections.slipway.stack.plugins.plugin_utils import ahead, bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.plugin_utils import settings
    from ansible_collections.slipway.stack.plugins.plugin_utils.origins import node
    from ansible_collections.slipway.stack.plugins.plugin_utils.stack import front

# What is resolved is mostly deployed: what the next tasks need, in the order of site.yml.
NEXT = (
    "module_utils.kube.client",
    "module_utils.health.board",
    "module_utils.health.wait",
    "module_utils.kube.apply.plan",
    "module_utils.migrations.front",
    "module_utils.releases.front",
    "plugin_utils.survey.front",
    "module_utils.kube.apply.run",
    "module_utils.verify.front",
)
ahead.expect(*NEXT)


class ActionModule(CoreAction):
    spec = RESOLVE
    core = staticmethod(front.run)
    in_place_only = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Any:
        self._folder = (task_vars or {}).get("inventory_dir") or os.getcwd()
        result = super().run(tmp, task_vars)
        return result if result.get("failed") else self._checked(result, task_vars or {})

    def _checked(self, result: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the result, or what is wrong with the variables of the roles that come."""
        roles = [str(role) for role in self._task.args.get("settings_of") or []]
        wrong = settings.faults(roles, task_vars, self._templar.template)
        told = "\n  ".join(["The variables of the roles are wrong:", *wrong])
        refused = {"failed": True, "changed": False, "msg": told, "findings": result["findings"]}
        return refused if wrong else result

    def _validated(self) -> tuple[dict[str, Any], set[str]]:
        params, hidden = super()._validated()
        return {
            **params,
            "stack_file": self._path(params["stack_file"]),
            "release_file": self._path(params["release_file"]),
            "environment": [node(layer) for layer in params["environment"]],
        }, hidden

    def _path(self, path: str) -> str:
        """Files are named from where the inventory is."""
        return os.path.join(self._folder, str(path)) if path else ""
