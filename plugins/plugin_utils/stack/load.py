# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a YAML file into nodes with marks.

Stricter than YAML, since what slips through here reaches production: a key stands once, keys are
text, and there are no anchors, merge keys or tags (profiles do what they are used for). Files stay
small enough to be read by a person, which also keeps hostile ones cheap.
"""

from __future__ import annotations

from pathlib import Path as File

import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    Scalar,
    Value,
)

MAX_BYTES = 1_000_000
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PREFIX = "tag:yaml.org,2002:"
_TEXT = f"{_PREFIX}str"
_construct = yaml.constructor.SafeConstructor()
_SCALARS = {
    f"{_PREFIX}int": _construct.construct_yaml_int,
    f"{_PREFIX}float": _construct.construct_yaml_float,
    f"{_PREFIX}bool": _construct.construct_yaml_bool,
    f"{_PREFIX}null": _construct.construct_yaml_null,
}
_QUOTES = "Put it in quotes."


def read(path: File, *, shown: str, layer: str) -> tuple[Node, list[Finding]]:
    """Read a file; see `parse`.

    shown: the file's name in messages.
    Raises StackError if it cannot be read or is no stack file at all.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StackError(f"Cannot read the {layer} file {path}: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise StackError(f"{shown} is larger than {MAX_BYTES} bytes: this is no {layer} file.")
    return parse(content, shown=shown, layer=layer)


def parse(content: bytes | str, *, shown: str, layer: str) -> tuple[Node, list[Finding]]:
    """Turn YAML into a map of nodes, and what is wrong with it; an empty file is an empty map."""
    top = Mark(layer, shown, 1, 1)
    try:
        root = yaml.compose(content, Loader=Loader)
        if root is None:
            return Node({}, top), []
        if not isinstance(root, yaml.MappingNode):
            return Node({}, top), [Finding("yaml", (), "the file must be a map", top)]
        reader = _Reader(top)
        return Node(reader.fields(root, ()), top), reader.findings
    except yaml.YAMLError as error:
        return Node({}, top), [_syntax(error, top)]
    except RecursionError:
        return Node({}, top), [Finding("yaml", (), "the file is nested too deeply", top)]


def _syntax(error: yaml.YAMLError, top: Mark) -> Finding:
    mark = getattr(error, "problem_mark", None)
    where = Mark(top.layer, top.file, mark.line + 1, mark.column + 1) if mark else top
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Finding("yaml", (), f"this is no YAML: {problem}", where)


class _Reader:
    """Turns the nodes of one file into ours and collects what it must refuse."""

    def __init__(self, top: Mark) -> None:
        self.findings: list[Finding] = []
        self._top = top
        self._seen: set[int] = set()

    def fields(self, node: yaml.MappingNode, path: Path) -> dict[str, Node]:
        """Return the entries of a map; of a key that stands twice the first."""
        found: dict[str, Node] = {}
        for key, value in node.value:
            mark = self._mark(key)
            name = self._key(key, path, mark)
            if name in found:
                message = f"this key stands in line {found[name].mark.line} already"
                self._refuse("duplicate-key", (*path, name), message, mark, "Remove one of them.")
            elif name is not None:
                found[name] = Node(self._value(value, (*path, name), mark), mark)
        return found

    def _key(self, key: yaml.Node, path: Path, mark: Mark) -> str | None:
        if key.tag == _TEXT and isinstance(key, yaml.ScalarNode):
            return str(key.value)
        if key.tag == f"{_PREFIX}merge":
            self._refuse("yaml", path, "merge keys are not read", mark, "Use a profile.")
            return None
        written = f"the key {key.value}" if isinstance(key, yaml.ScalarNode) else "a key"
        self._refuse("yaml", path, f"{written} is no text", mark, _QUOTES)
        return None

    def _value(self, node: yaml.Node, path: Path, mark: Mark) -> Value:
        if id(node) in self._seen:
            self._refuse("yaml", path, "anchors are not read", mark, "Use a profile.")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_PREFIX}map":
            return self.fields(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_PREFIX}seq":
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path, mark)

    def _item(self, node: yaml.Node, path: Path) -> Node:
        mark = self._mark(node)
        return Node(self._value(node, path, mark), mark)

    def _scalar(self, node: yaml.Node, path: Path, mark: Mark) -> Scalar:
        if isinstance(node, yaml.ScalarNode):
            if node.tag == _TEXT:
                return str(node.value)
            if node.tag in _SCALARS:
                return self._constructed(node, path, mark)
        kind = node.tag.removeprefix(_PREFIX)
        self._refuse("yaml", path, f"this is {kind} for YAML", mark, _QUOTES)
        return None

    def _constructed(self, node: yaml.ScalarNode, path: Path, mark: Mark) -> Scalar:
        try:
            value: Scalar = _SCALARS[node.tag](node)
        except (ValueError, KeyError):  # an explicit tag on something else: `!!int x`
            self._refuse("yaml", path, f"{node.value} does not fit its tag", mark, _QUOTES)
            return None
        return value

    def _mark(self, node: yaml.Node) -> Mark:
        start = node.start_mark
        return Mark(self._top.layer, self._top.file, start.line + 1, start.column + 1)

    def _refuse(self, code: str, path: Path, message: str, mark: Mark, fix: str) -> None:
        self.findings.append(Finding(code, path, message, mark, fix))
