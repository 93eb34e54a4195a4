# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validating one layer: `glance` sees that it has no fault; else jsonschema finds them, `sentences`
says them, marks place them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema import schema
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.glance import holds
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.sentences import sentences
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    fields,
    items,
    mark_at,
)

MOST = 200  # nobody reads more, and a hostile file has a million


def validate(layer: Node, name: str) -> list[Finding]:
    """Return what is wrong with one layer, but no more than MOST.

    name: which schema: ``stack``, ``environment`` or ``release``.
    A key that is set to null is to be deleted: it is looked at by merging, not here.
    """
    stated = _stated(layer)
    if holds(schema(name), stated):
        return []
    findings = (
        Finding(said.id, said.path, said.message, mark_at(layer, said.path), said.fix)
        for error in _validator(name).iter_errors(stated)
        for said in sentences(error)
    )
    return list(islice(findings, MOST))


@lru_cache
def _validator(name: str) -> Any:
    try:
        from jsonschema import Draft202012Validator
    except ImportError as error:
        raise StackError("jsonschema is not installed. Run: pip install jsonschema") from error
    return Draft202012Validator(schema(name))


def _stated(node: Node) -> Any:
    if isinstance(node.value, dict):
        entries = fields(node).items()
        return {key: _stated(child) for key, child in entries if child.value is not None}
    if isinstance(node.value, list):
        return [_stated(item) for item in items(node)]
    return node.value
