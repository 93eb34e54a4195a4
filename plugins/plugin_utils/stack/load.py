# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a YAML file into nodes with marks.

Stricter than YAML, since what slips through here reaches production: a key stands once, keys are
text, and there are no anchors, merge keys or tags (profiles do what they are used for). Files stay
small enough to be read by a person, which also keeps hostile ones cheap.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any, cast

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
MAX_DEPTH = 50
MAX_VALUES = 50_000  # twice a stack of 1,000 workloads; ten times as many take seconds
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PREFIX = "tag:yaml.org,2002:"
_TEXT = f"{_PREFIX}str"
_resolver: Any = yaml.resolver.Resolver()
_construct = yaml.constructor.SafeConstructor()
_SCALARS = {
    f"{_PREFIX}int": _construct.construct_yaml_int,
    f"{_PREFIX}float": _construct.construct_yaml_float,
    f"{_PREFIX}bool": _construct.construct_yaml_bool,
    f"{_PREFIX}null": _construct.construct_yaml_null,
}
_QUOTES = "Put it in quotes."
_ANCHORS = "anchors are not read"


def read(path: File, *, shown: str, layer: str) -> tuple[Node, list[Finding]]:
    """Read a file; see `parse`.

    shown: the file's name in messages.
    Raises StackError if it cannot be read or is no stack file at all.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StackError(f"Cannot read the {layer} file {shown}: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise StackError(f"{shown} is larger than {MAX_BYTES} bytes: this is no {layer} file.")
    return parse(content, shown=shown, layer=layer)


def parse(content: bytes | str, *, shown: str, layer: str) -> tuple[Node, list[Finding]]:
    """Turn YAML into a map of nodes, and what is wrong with it; an empty file is an empty map.

    It is made from YAML's events: composing nodes of 100,000 open brackets ends in a segmentation
    fault of libyaml's binding, before anybody could count them.
    """
    top = Mark(layer, shown, 1, 1)
    try:
        reader = _Reader(yaml.parse(content, Loader=Loader), top)
        return Node(reader.document(), top), reader.findings
    except yaml.YAMLError as error:
        return Node({}, top), [_syntax(error, top)]


def _syntax(error: yaml.YAMLError, top: Mark) -> Finding:
    mark = getattr(error, "problem_mark", None)
    where = Mark(top.layer, top.file, mark.line + 1, mark.column + 1) if mark else top
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Finding("yaml", (), f"this is no YAML: {problem}", where)


class _Reader:
    """Turns the events of one file into nodes and collects what it must refuse."""

    def __init__(self, events: Iterator[yaml.Event], top: Mark) -> None:
        self.findings: list[Finding] = []
        self._events = events
        self._top = top
        self._values = 0

    def document(self) -> dict[str, Node]:
        """Return the map that the file is."""
        found: Value = {}
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                found = self._value(next(self._events), (), self._top)
        if documents > 1:
            self._refuse("yaml", (), "the file holds more than one document", self._top)
        if not isinstance(found, dict) and found is not None:
            self._refuse("yaml", (), "the file must be a map", self._top)
        return found if isinstance(found, dict) else {}

    def _value(self, event: yaml.Event, path: Path, mark: Mark) -> Value:
        if len(path) > MAX_DEPTH:
            problem = f"it is nested more than {MAX_DEPTH} levels deep"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=cast(Any, event.start_mark))
        self._values += 1
        if self._values > MAX_VALUES:
            problem = f"it holds more than {MAX_VALUES} values"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=cast(Any, event.start_mark))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path, mark)
        if isinstance(event, yaml.AliasEvent):
            self._refuse("yaml", path, _ANCHORS, mark, "Use a profile.")
            return None
        if isinstance(event, yaml.CollectionStartEvent) and event.tag is not None:
            self._refuse("yaml", path, f"the tag {event.tag} is not read", mark, "Remove it.")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(path)
        return self._fields(path)

    def _items(self, path: Path) -> list[Node]:
        found: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            mark = self._mark(event)
            found.append(Node(self._value(event, (*path, len(found)), mark), mark))
        return found

    def _fields(self, path: Path) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            mark = self._mark(key)
            name = self._key(key, path, mark)
            value = self._value(next(self._events), (*path, name or "?"), mark)
            if name in found:
                message = f"this key stands in line {found[name].mark.line} already"
                self._refuse("duplicate-key", (*path, name), message, mark, "Remove one of them.")
            elif name is not None:
                found[name] = Node(value, mark)
        return found

    def _key(self, key: yaml.Event, path: Path, mark: Mark) -> str | None:
        if not isinstance(key, yaml.ScalarEvent):
            self._value(key, (*path, "?"), mark)
            self._refuse("yaml", path, "a key is no text", mark, _QUOTES)
            return None
        tag = _tag(key)
        if tag == _TEXT:
            return str(key.value)
        if tag == f"{_PREFIX}merge":
            self._refuse("yaml", path, "merge keys are not read", mark, "Use a profile.")
        else:
            self._refuse("yaml", path, f"the key {_short(key.value)} is no text", mark, _QUOTES)
        return None

    def _scalar(self, event: yaml.ScalarEvent, path: Path, mark: Mark) -> Scalar:
        tag = _tag(event)
        if tag == _TEXT:
            return str(event.value)
        if tag not in _SCALARS:
            kind = tag.removeprefix(_PREFIX)
            self._refuse("yaml", path, f"YAML reads this as a {kind}", mark, _QUOTES)
            return None
        try:
            value: Scalar = _SCALARS[tag](yaml.ScalarNode(tag, event.value))
        except (ValueError, KeyError):  # an explicit tag on something else: `!!int x`
            self._refuse("yaml", path, f"{_short(event.value)} does not fit its tag", mark, _QUOTES)
            return None
        return value

    def _mark(self, event: yaml.Event) -> Mark:
        start: Any = event.start_mark
        return Mark(self._top.layer, self._top.file, start.line + 1, start.column + 1)

    def _refuse(self, code: str, path: Path, message: str, mark: Mark, fix: str = "") -> None:
        self.findings.append(Finding(code, path, message, mark, fix))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _tag(event: yaml.ScalarEvent) -> str:
    plain, _quoted = event.implicit
    if event.tag is not None and event.tag != "!":
        return str(event.tag)
    if not plain:
        return _TEXT
    return str(_resolver.resolve(yaml.ScalarNode, event.value, (True, False)))
