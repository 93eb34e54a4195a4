# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says where a resolved value comes from: layer, file and line, and what it overrode."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    dotted,
    fields,
    find,
    items,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.values import Row, rows

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_ANY = "*"


def explain(tree: Node, path: str) -> str:
    """Return a few lines on the value at a path such as ``workloads.api.scale.replicas``.

    Of a map all values below it are explained; ``*`` is any one name.
    Raises StackError for a path where nothing is, with the nearest key.
    """
    steps = tuple(int(index) if index else name for name, index in _STEP.findall(path))
    found = list(_matching(tree, steps, ()))
    if not found:
        raise StackError(f"There is nothing at {path}.")
    lines = [line for place, node in found for row in rows(node, place, {}) for line in _lines(row)]
    return "\n".join(lines)


def _matching(node: Node, steps: Path, done: Path) -> Iterator[tuple[Path, Node]]:
    if not steps:
        yield done, node
        return
    step, rest = steps[0], steps[1:]
    for key in fields(node) if step == _ANY else [step]:
        child = find(node, (key,))
        if child is not None and (step != _ANY or _leads_on(child, rest)):
            yield from _matching(child, rest, (*done, key))
        elif step != _ANY:
            raise StackError(_missing(node, done, key))


def _leads_on(node: Node, steps: Path) -> bool:
    """Whether there is something at a path; what has no such key is no fault of a ``*``."""
    if not steps:
        return True
    keys = list(fields(node)) if steps[0] == _ANY else [steps[0]]
    children = [find(node, (key,)) for key in keys]
    return any(child is not None and _leads_on(child, steps[1:]) for child in children)


def _missing(parent: Node, done: Path, step: str | int) -> str:
    known = fields(parent)
    there = f"Known here: {', '.join(known)}." if known else f"It has {len(items(parent))} items."
    fix = nearest(str(step), known).strip() or there
    return f"{dotted(done) or 'The stack'} has no {step}. {fix}"


def _lines(row: Row) -> Iterator[str]:
    first, *below = row.origins
    yield f"{dotted(row.path)} = {first.value}"
    yield f"  {first.layer} ({first.place})"
    for one in below:
        yield f"  overrode {one.value}: {one.layer} ({one.place})"
