# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of an environment that set what is set already: they hide that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    plain,
)

_OWN = ("stack", "environment")


def idle(subject: Subject) -> Faults:
    """Yield values of an environment that are the same below it.

    Built-in defaults and presets may be repeated: a decision is none the worse for being said.
    """
    for path, node in _leaves(subject.tree, ()):
        below = node.overrode
        if below is None or node.mark.layer != "environment" or below.mark.layer not in _OWN:
            continue
        if below.mark != node.mark and plain(below) == plain(node):
            message = f"{below.mark} says the same"
            yield Fault(path, message, node.mark, "Remove this line, or change the value.")


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    for key, child in fields(node).items():
        if isinstance(child.value, dict):
            yield from _leaves(child, (*path, key))
        elif child.overrode is not None:
            yield (*path, key), child
