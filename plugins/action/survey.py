# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a stack and its cluster from the controller, where the templates are."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.arguments import CONNECTION, SURVEY
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction, plain

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
    from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import all_patched
    from ansible_collections.slipway.stack.plugins.plugin_utils.survey import front, phases


class ActionModule(CoreAction):
    spec = SURVEY
    core = staticmethod(front.run)
    in_place_only = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Any:
        if self._is_here():
            return super().run(tmp, task_vars)
        return self._from_another_host(task_vars or {})

    def _from_another_host(self, task_vars: dict[str, Any]) -> Any:
        """Ask there for what is missing; what is to be done can only be seen from here."""
        args, fact = self._task.args, self._task.args["stack"]
        asked = {key: args[key] for key in CONNECTION if key in args}
        asked |= {"objects": all_patched(unpack(fact)), "namespace": fact["namespace"]}
        found = self._execute_module("slipway.stack.preflight", asked, task_vars=task_vars)
        found.pop("invocation", None)
        away = front.Look({phases.PHASES[0]: "the cluster is asked from another host"})
        return found if found.get("failed") else found | front.told(away, lambda _line: None)

    def _validated(self) -> tuple[dict[str, Any], set[str]]:
        params, hidden = super()._validated()
        return plain(params), hidden
