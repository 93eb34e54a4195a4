# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every value of a stack with its origin, as a person may see it: for `explain` and the picture.

A stack file names secrets, it holds none. Where somebody has written one all the same, it is a
finding, and it is not shown here: a report must not spread what it warns of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.references import expand
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    items,
    plain,
)

HIDDEN = "(hidden)"
_LOGIN = re.compile(r"(?P<start>[a-z][a-z0-9+.-]*://[^\s/:@]*):(?!\$\{)[^\s/@]+@", re.IGNORECASE)
_SECRET_NAME = re.compile(
    r"(?<![a-z])(pass(word|wd|phrase)?|pwd|secret|token|credentials?|(api|private|access|secret|jwt"
    r"|signing|encryption|session)_?key)_?[0-9]*$",
    re.IGNORECASE,
)
_LITERALS = ("env", "config")


class Origin(NamedTuple):
    """A value and the place that set it."""

    value: str
    layer: str
    place: str


class Row(NamedTuple):
    """One value. origins: its own first, then what it overrode, from high to low.

    becomes: what it stands for once its references are followed, or empty.
    """

    path: Path
    becomes: str
    origins: tuple[Origin, ...]


def rows(node: Node, path: Path, things: Catalog) -> Iterator[Row]:
    """Yield every leaf below a node; a list is one leaf."""
    if fields(node):
        for key, child in fields(node).items():
            yield from rows(child, (*path, key), things)
        return
    yield Row(path, _followed(node, things), tuple(origins(node, path)))


def origins(node: Node, path: Path) -> Iterator[Origin]:
    """Yield where a value comes from, then each one that it overrode."""
    below: Node | None = node
    while below is not None:
        yield Origin(shown(below, path), below.mark.layer, str(below.mark))
        below = below.overrode


def shown(node: Node, path: Path) -> str:
    """Write a value as JSON, without passwords."""
    return json.dumps(_discreet(plain(node), path), ensure_ascii=False)


def _discreet(value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _discreet(child, (*path, key)) for key, child in value.items()}
    if isinstance(value, list):
        return [_discreet(child, path) for child in value]
    if not isinstance(value, str):
        return value
    if _is_secret(path) and value and not value.startswith("${"):
        return HIDDEN
    return _LOGIN.sub(rf"\g<start>:{HIDDEN}@", value)


def _is_secret(path: Path) -> bool:
    literal = any(step in _LITERALS for step in path[:-1])
    return literal and bool(_SECRET_NAME.search(str(path[-1])))


def _followed(node: Node, things: Catalog) -> str:
    texts = [str(one.value) for one in (items(node) or [node])]
    if not any("${" in text for text in texts):
        return ""
    written = [_text(text, things) for text in texts]
    return json.dumps(written if items(node) else written[0], ensure_ascii=False)


def _text(text: str, things: Catalog) -> str:
    expanded = expand(text, things)
    if expanded.secret:
        return f"key {expanded.secret.key} of Secret {expanded.secret.secret}"
    return _LOGIN.sub(rf"\g<start>:{HIDDEN}@", expanded.recipe)
