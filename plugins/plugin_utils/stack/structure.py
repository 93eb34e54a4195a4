# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment says how a stack runs, not what it is.

So it may not add workloads, routes and the like, nor change commands, unless it says
`structural: true`. A misspelt name in an inventory is caught by the same rule, instead of becoming
a second workload.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields, find

SECTIONS = (
    "images",
    "secrets",
    "datastores",
    "external",
    "config",
    "accounts",
    "profiles",
    "migrations",
    "workloads",
    "routes",
    "when",
)
_RUNNING = ("profiles", "migrations", "workloads")
_COMMANDS = ("command", "args")


def structural(layer: Node, below: Node) -> list[Finding]:
    """Return what a layer adds to the layers below it without being allowed to."""
    permission = fields(layer).get("structural")
    if permission is not None and permission.value is True:
        return []
    return [*_additions(layer, below), *_commands(layer)]


def _additions(layer: Node, below: Node) -> Iterator[Finding]:
    for section in SECTIONS:
        known = fields(find(below, (section,)))
        for name, entry in fields(find(layer, (section,))).items():
            if name not in known and entry.value is not None:
                message = f"there is no such name in the stack's {section}"
                fix = nearest(name, known).strip() or _permit(layer)
                yield Finding("structural", (section, name), message, entry.mark, fix)


def _commands(layer: Node) -> Iterator[Finding]:
    for section in _RUNNING:
        for name, entry in fields(find(layer, (section,))).items():
            for key in _COMMANDS:
                if key in fields(entry):
                    mark = fields(entry)[key].mark
                    message = "commands belong to the stack file"
                    path = (section, name, key)
                    yield Finding("structural", path, message, mark, _permit(layer))


def _permit(layer: Node) -> str:
    if layer.mark.layer == "release":
        return "A release file names images of the stack only."
    return "Put it there, or set `structural: true` in this environment."
