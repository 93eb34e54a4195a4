# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that know where they were written.

Every value of a layer is a Node: from the file to the resolved stack it carries its mark, and what
it overrode on its way. Merging, errors and `explain` all live on that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Scalar = str | int | float | bool | None
Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a file; lines and columns count from 1, 0 means unknown."""

    layer: str
    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Node(NamedTuple):
    """A value, where its key (in a list: the item) stands, and the value that it overrode."""

    value: Value
    mark: Mark
    overrode: Node | None = None


Value = dict[str, Node] | list[Node] | Scalar


def fields(node: Node | None) -> dict[str, Node]:
    """Return the entries of a map; none for anything else."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def items(node: Node | None) -> list[Node]:
    """Return the items of a list; none for anything else."""
    return node.value if node is not None and isinstance(node.value, list) else []


def find(node: Node | None, path: Iterable[str | int]) -> Node | None:
    """Return the node at a path, or None."""
    for step in path:
        if node is None:
            return None
        if isinstance(step, int):
            found = items(node)
            node = found[step] if step < len(found) else None
        else:
            node = fields(node).get(step)
    return node


def mark_at(node: Node, path: Path) -> Mark:
    """Return the mark of the deepest node that exists on the way to a path."""
    for length in range(len(path), 0, -1):
        found = find(node, path[:length])
        if found is not None:
            return found.mark
    return node.mark


def plain(node: Node) -> Any:
    """Return the value without its marks."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node below and including `node` with its path, parents first."""
    yield path, node
    for key, child in fields(node).items():
        yield from walk(child, (*path, key))
    for index, child in enumerate(items(node)):
        yield from walk(child, (*path, index))


def put(node: Node, path: Path, child: Node | None) -> Node:
    """Return `node` with the entry at `path` of nested maps replaced; None removes it.

    Where the way to the path does not exist, nothing changes.
    """
    entries = fields(node)
    head, rest = str(path[0]), path[1:]
    if head not in entries:
        return node
    changed = put(entries[head], rest, child) if rest else child
    kept = {key: changed if key == head else value for key, value in entries.items()}
    left = {key: value for key, value in kept.items() if value is not None}
    return Node(left, node.mark, node.overrode)


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as people do: ``workloads.api.args[0]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")
