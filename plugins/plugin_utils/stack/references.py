# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References: `${thing.attribute}` in the values of a stack; `$${` is a plain `${`.

This is no Jinja on purpose: an inventory can use Jinja above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import SecretKey
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog, Thing
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Path

_TOKEN = re.compile(r"\$\$\{|\$\{(?P<name>[^{}]*)(?P<end>\}?)")
_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Problem(NamedTuple):
    """A reference that cannot be followed; `about` is the entity it names, if there is one."""

    message: str
    fix: str
    about: Path = ()
    id: str = "dangling-reference"


class Expanded(NamedTuple):
    """A value with its references followed: texts and secrets in order.

    things: the parts of the stack that it refers to.
    """

    parts: tuple[str | SecretKey, ...]
    things: tuple[Thing, ...]
    problems: tuple[Problem, ...]

    @property
    def secret(self) -> SecretKey | None:
        """The secret that the whole value is, if it is one."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, SecretKey) else None

    @property
    def guarded(self) -> bool:
        """Whether a secret is in it that is not for everybody."""
        return any(isinstance(part, SecretKey) and part.guarded for part in self.parts)

    @property
    def text(self) -> str | None:
        """The plain text that the value is, unless a secret is in it."""
        if any(isinstance(part, SecretKey) for part in self.parts):
            return None
        return "".join(str(part) for part in self.parts)

    @property
    def recipe(self) -> str:
        """How `apply` composes a value from text and secrets (see kube/secrets.py).

        Within a URL a secret is encoded, so that a password with a slash stays a password.
        """
        written = ""
        for part in self.parts:
            if isinstance(part, SecretKey):
                verb = "urlencode" if part.encode or _URL.match(written) else "key"
                written += f"${{{verb}:{part.secret}/{part.key}}}"
            else:
                written += part
        return written


def expand(text: str, things: Catalog) -> Expanded:
    """Follow the references of one value."""
    if "$" not in text:
        return Expanded((text,), (), ())
    parts: list[str | SecretKey] = []
    used: list[Thing] = []
    problems: list[Problem] = []
    for part in _split(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        found = _follow(part, things)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        thing, attribute = found
        used.append(thing)
        value = thing.attributes[attribute]
        parts += value if isinstance(value, tuple) else (value,)
    return Expanded(tuple(parts), tuple(used), tuple(problems))


def _split(text: str) -> Iterator[str | re.Match[str]]:
    start = 0
    for match in _TOKEN.finditer(text):
        if text[start : match.start()]:
            yield text[start : match.start()]
        yield "${" if match[0] == "$${" else match
        start = match.end()
    if text[start:]:
        yield text[start:]


def _follow(match: re.Match[str], things: Catalog) -> tuple[Thing, str] | Problem:
    name = match["name"]
    if not match["end"] or not _NAME.fullmatch(name):
        fix = "Write ${thing.attribute}; for a plain ${ write $${."
        return Problem(f"{match[0]} is no reference", fix)
    head, _dot, attribute = name.rpartition(".")
    thing = things.get(head)
    if thing is None:
        message = f"${{{name}}} refers to nothing"
        return Problem(message, _nearest_thing(head, things), id=_kind(head))
    if thing.off:
        message = f'${{{name}}}: the {thing.kind} "{thing.path[1]}" is disabled ({thing.off})'
        return Problem(message, "Enable it, or disable what refers to it.")
    if attribute not in thing.attributes:
        return _no_attribute(name, thing, attribute)
    return thing, attribute


def _nearest_thing(head: str, things: Catalog) -> str:
    by_short = {name.rpartition(".")[2]: name for name in things}
    close = nearest(head, things) or nearest(head.rpartition(".")[2], by_short)
    return close.strip() or f"Known here: {', '.join(sorted(things))}."


def _no_attribute(name: str, thing: Thing, attribute: str) -> Problem:
    known = thing.attributes
    if not known:
        fix = "Open one, or call the one that is meant http."
        return Problem(f"${{{name}}}: this {thing.kind} has no main port", fix, thing.path)
    has = f"It has {', '.join(known)}."
    fix = f"{nearest(attribute, known).strip()} {has}".strip()
    message = f'${{{name}}}: a {thing.kind} has no "{attribute}"'
    return Problem(message, fix, thing.path, _kind(name))


def _kind(name: str) -> str:
    return "undeclared-secret-key" if name.startswith("secrets.") else "dangling-reference"
