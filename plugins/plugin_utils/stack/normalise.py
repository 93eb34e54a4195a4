# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes shorthands out, so that every layer has one form when it is merged.

secrets: {auth: [jwt_key]}          →  secrets: {auth: {keys: [jwt_key]}}
health: {live: /livez}              →  health: {live: {path: /livez}}
buckets: [uploads]                  →  buckets: {uploads: {}}
"""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields, items

Change = Callable[[Node], Node]


def normalise(layer: Node) -> Node:
    """Return a layer without shorthands; its values have been validated."""
    for pattern, change in _SHORTHANDS:
        layer = _rewrite(layer, pattern, change)
    return layer


def _rewrite(node: Node, pattern: tuple[str, ...], change: Change) -> Node:
    if not pattern:
        return change(node)
    entries = fields(node)
    head, *rest = pattern
    chosen = entries if head == "*" else entries.keys() & {head}
    if not chosen:
        return node
    changed = {key: _rewrite(entries[key], tuple(rest), change) for key in chosen}
    return Node({**entries, **changed}, node.mark)


def _group(node: Node) -> Node:
    return Node({"keys": node}, node.mark) if isinstance(node.value, list) else node


def _buckets(node: Node) -> Node:
    named = {str(item.value): Node({}, item.mark) for item in items(node)}
    return Node(named, node.mark) if isinstance(node.value, list) else node


def _probe(node: Node) -> Node:
    return Node({"path": node}, node.mark) if isinstance(node.value, str) else node


_SHORTHANDS: list[tuple[tuple[str, ...], Change]] = [
    (("secrets", "*"), _group),
    (("datastores", "*", "buckets"), _buckets),
    *(
        ((*where, "health", probe), _probe)
        for where in (("workloads", "*"), ("profiles", "*"), ("defaults", "workloads"))
        for probe in ("live", "ready")
    ),
]
