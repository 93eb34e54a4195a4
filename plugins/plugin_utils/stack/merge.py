# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging by path: maps merge, lists and scalars replace, null deletes.

Deep merging has shipped crash loops: a probe with `tcpSocket` below and `httpGet` above became one
with both (https://github.com/stakater/application/issues/208). So a union (see schema/shape.py)
drops the keys of its old variant when another is chosen.

What a null has deleted stays as a tombstone until `bury`: a profile or a default that is laid
below later must not bring the value back. A tombstone that deleted nothing is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema import FREE
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.shape import (
    Shape,
    Union,
    shape,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, Path, fields

BUILT_IN = ("default", "preset")


def merge(layers: Iterable[Node]) -> Node:
    """Merge whole layers, from low to high."""
    return reduce(lambda below, above: lay(below, above, shape()), layers)


def lay(below: Node | None, above: Node | None, form: Shape) -> Node:
    """Lay one value over another; either may be missing.

    Maps keep the mark of the layer where they began, but for built-in ones: nobody can mend those.
    All else is the upper one's and knows what it overrode.
    """
    if below is None or above is None:
        return _present(below, above)
    lower, upper = fields(below), fields(above)
    if not isinstance(above.value, dict) or not isinstance(below.value, dict):
        return Node(above.value, above.mark, _beneath(above, below))
    for union in form.unions:
        lower = _of_variant(lower, upper, union)
    merged = {
        key: lay(lower[key], child, form.child(key)) if key in lower else child
        for key, child in upper.items()
    }
    mark = above.mark if below.mark.layer in BUILT_IN else below.mark
    return Node({**lower, **merged}, mark, below.overrode)


def bury(node: Node, path: Path = ()) -> tuple[Node, list[Finding]]:
    """Return a map without tombstones and free keys, and the nulls that had nothing to delete."""
    findings: list[Finding] = []
    entries: dict[str, Node] = {}
    for key, child in fields(node).items():
        if key.startswith(FREE):
            continue
        if isinstance(child.value, dict):
            entries[key], deeper = bury(child, (*path, key))
            findings += deeper
        elif child.value is not None:
            entries[key] = child
        elif child.overrode is None:
            findings.append(_nothing_there((*path, key), child))
    return Node(entries, node.mark, node.overrode), findings


def _beneath(above: Node, below: Node) -> Node:
    """What a value overrides: what it did already, and below all of that `below`."""
    if above.overrode is None:
        return below
    return above.overrode._replace(overrode=_beneath(above.overrode, below))


def _present(below: Node | None, above: Node | None) -> Node:
    node = below or above
    if node is None:
        raise ValueError("nothing to lay over nothing")
    return node


def _of_variant(lower: dict[str, Node], upper: dict[str, Node], union: Union) -> dict[str, Node]:
    chosen, old = _variant(upper, union), _variant(lower, union)
    if not chosen or not old or chosen == old:
        return lower
    return {key: child for key, child in lower.items() if chosen in (union.owners(key) or [chosen])}


def _variant(entries: dict[str, Node], union: Union) -> str:
    by = entries.get(union.by)
    present = [key for key, child in entries.items() if child.value is not None]
    return union.variant(by.value if by else None, present)


def _nothing_there(path: Path, node: Node) -> Finding:
    return Finding(
        "nothing-to-delete",
        path,
        "null deletes, but there is nothing to delete",
        node.mark,
        "Remove this line, or correct the name.",
    )
