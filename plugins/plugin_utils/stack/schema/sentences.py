# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the errors of jsonschema into sentences for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Path

ValidationError = Any  # jsonschema's: its fields are typed as "anything or unset"

_WORDS = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_QUOTES = "Put it in quotes."


class Sentence(NamedTuple):
    """What is wrong at one path; see Finding."""

    id: str
    path: Path
    message: str
    fix: str = ""


def sentences(error: ValidationError) -> Iterator[Sentence]:
    """Yield one sentence for each fault that an error stands for."""
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        yield from _unknown(error, path)
        return
    if "propertyNames" in error.schema_path:
        path = (*path, error.instance)
    say = _SENTENCES.get(str(error.validator), _otherwise)
    yield say(error, path)


def _unknown(error: ValidationError, path: Path) -> Iterator[Sentence]:
    known = error.schema.get("properties", {})
    free = "|".join(error.schema.get("patternProperties", {})) or "(?!)"
    for key in error.instance:
        if key not in known and not re.search(free, key):
            yield Sentence("unknown-key", (*path, key), "unknown key", _known(key, known))


def _known(key: str, known: dict[str, Any]) -> str:
    return nearest(key, known).strip() or f"Known here: {', '.join(sorted(known))}."


def _type(error: ValidationError, path: Path) -> Sentence:
    kinds = error.validator_value
    kinds = [kinds] if isinstance(kinds, str) else kinds
    wanted = error.schema.get("x-expect") or " or ".join(_WORDS[kind] for kind in kinds)
    number = isinstance(error.instance, int | float)
    fix = _QUOTES if number and "string" in kinds else ""
    return Sentence("wrong-type", path, f"must be {wanted}, but is {_shown(error.instance)}", fix)


def _enum(error: ValidationError, path: Path) -> Sentence:
    known = [str(word) for word in error.validator_value]
    message = f"{_shown(error.instance)} is none of {', '.join(known)}"
    return Sentence("bad-value", path, message, nearest(str(error.instance), known).strip())


def _const(error: ValidationError, path: Path) -> Sentence:
    wanted = _shown(error.validator_value)
    return Sentence("bad-value", path, f"must be {wanted}, but is {_shown(error.instance)}")


def _pattern(error: ValidationError, path: Path) -> Sentence:
    wanted = error.schema.get("x-expect", f"text like {error.validator_value}")
    return Sentence("bad-value", path, f"{_shown(error.instance)} is not {wanted}")


def _required(error: ValidationError, path: Path) -> Sentence:
    key = next(key for key in error.validator_value if f"{key!r} is" in error.message)
    field = error.schema["properties"][key]
    if path:
        description = str(field.get("description", ""))
        fix = f"Add it: {description[:1].lower()}{description[1:]}"
    else:
        fix = f"Begin the file with `{key}: {field.get('const', '…')}`."
    return Sentence("missing", (*path, key), "missing", fix)


def _range(error: ValidationError, path: Path) -> Sentence:
    side = "at least" if error.validator == "minimum" else "at most"
    message = f"must be {side} {error.validator_value}, but is {_shown(error.instance)}"
    return Sentence("bad-value", path, message)


def _otherwise(error: ValidationError, path: Path) -> Sentence:
    return Sentence("bad-value", path, error.message)


_SENTENCES: dict[str, Callable[[ValidationError, Path], Sentence]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "required": _required,
    "minimum": _range,
    "maximum": _range,
}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}…"'
    return "a list" if isinstance(value, list) else "a map"
