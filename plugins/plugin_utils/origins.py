# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of an inventory as nodes that know their file and line.

Since 2.19 Ansible tags what it reads with its origin, but has no public way to ask for it. This is
the one place that does; should the way change, marks name the variable's file or nothing, and all
else works on.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.action import plain
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.front import shown
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Mark, Node

try:
    from ansible._internal._datatag._tags import Origin
except ImportError:
    HAS_ORIGIN = False
else:
    HAS_ORIGIN = True

LAYER = "environment"
_NOWHERE = Mark(LAYER, "the inventory")


def node(value: Any, mark: Mark = _NOWHERE) -> Node:
    """Return a value that Ansible has read as a Node; what is not tagged has its parent's mark."""
    mark = _mark(value, mark)
    if isinstance(value, dict):
        entries = {str(key): node_of(key, child, mark) for key, child in value.items()}
        return Node(entries, mark)
    if isinstance(value, list | tuple):
        return Node([node(item, mark) for item in value], mark)
    return Node(plain(value), mark)


def node_of(key: Any, value: Any, parent: Mark) -> Node:
    """Return the value of a key; it is marked where the key stands."""
    found = node(value, parent)
    return Node(found.value, _mark(key, found.mark))


def _mark(value: Any, otherwise: Mark) -> Mark:
    origin = Origin.get_tag(value) if HAS_ORIGIN else None
    if origin is None or not origin.path:
        return otherwise
    return Mark(LAYER, shown(origin.path), origin.line_num or 0, origin.col_num or 0)
