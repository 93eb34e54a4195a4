# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a value comes from: its layer, file and line, and what it overrode."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    dotted,
    fields,
    find,
    items,
    plain,
)

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def explain(tree: Node, path: str) -> str:
    """Return a few lines on the value at a path such as ``workloads.api.scale.replicas``.

    Raises StackError for a path where nothing is, with the nearest key.
    """
    steps = tuple(int(index) if index else name for name, index in _STEP.findall(path))
    for length, step in enumerate(steps):
        parent = find(tree, steps[:length])
        if find(parent, (step,)) is None:
            raise StackError(_missing(parent, steps[:length], step))
    node = find(tree, steps)
    return "\n".join(_lines(node, dotted(steps))) if node else ""


def _missing(parent: Node | None, steps: tuple[str | int, ...], step: str | int) -> str:
    known = fields(parent)
    there = f"Known here: {', '.join(known)}." if known else f"It has {len(items(parent))} items."
    fix = nearest(str(step), known).strip() or there
    return f"{dotted(steps) or 'The stack'} has no {step}. {fix}"


def _lines(node: Node, path: str) -> Iterator[str]:
    yield f"{path} = {_shown(node)}"
    yield f"  {node.mark.layer} ({node.mark})"
    below = node.overrode
    while below is not None:
        yield f"  overrode {_shown(below)}: {below.mark.layer} ({below.mark})"
        below = below.overrode


def _shown(node: Node) -> str:
    return json.dumps(plain(node), ensure_ascii=False)
