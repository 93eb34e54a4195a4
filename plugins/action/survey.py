# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a stack and its cluster from the controller, where the templates are."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.arguments import CONNECTION, SURVEY
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode
from ansible_collections.slipway.stack.plugins.plugin_utils.action import CoreAction, plain

with bytecode.kept():
    from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
    from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import all_patched
    from ansible_collections.slipway.stack.plugins.plugin_utils.survey import front, phases

NICER = 3  # half of what the stack before gets
NICEST = 15


class ActionModule(CoreAction):
    spec = SURVEY
    core = staticmethod(front.run)
    in_place_only = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Any:
        give_way(task_vars or {})
        if self._is_here():
            return super().run(tmp, task_vars)
        return self._from_another_host(task_vars or {})

    def _from_another_host(self, task_vars: dict[str, Any]) -> Any:
        """Ask there for what is missing; what is to be done can only be seen from here."""
        args, fact = self._task.args, self._task.args["stack"]
        asked = {key: args[key] for key in CONNECTION if key in args}
        models = unpack(fact)
        asked |= {"objects": all_patched(models), "namespace": fact["namespace"]}
        found = self._execute_module("slipway.stack.preflight", asked, task_vars=task_vars)
        found.pop("invocation", None)
        bare = front.bare_phases(models, {}, None)
        away = front.Look({phases.PHASES[0]: "the cluster is asked from another host"}, bare=bare)
        return found if found.get("failed") else found | front.told(away, lambda _line: None)

    def _validated(self) -> tuple[dict[str, Any], set[str]]:
        params, hidden = super()._validated()
        return plain(params), hidden


def give_way(task_vars: dict[str, Any]) -> None:
    """Let the stacks before this one of the inventory look first where processors are short.

    One that is through waits for its pods and checks, and leaves the processors to the others: all
    of them end sooner. The worker that is slowed down is this task's alone.
    """
    host = task_vars.get("inventory_hostname")
    stacks = task_vars.get("ansible_play_hosts_all", [host])
    os.nice(min(NICER * stacks.index(host), NICEST))
