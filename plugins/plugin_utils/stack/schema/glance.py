# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees at a glance that a layer is valid, which nearly every layer is.

Importing jsonschema takes longer than all that a small stack needs otherwise, and its worth lies in
telling what is wrong. So this says only yes or "perhaps not": a keyword that it does not know, a
type that it is not sure of, and jsonschema has the word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import UnionType
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema import FREE, Schema

_SAY_NOTHING = frozenset({"description", "title", "$schema", "$id", "$defs"})
_TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict) and all(isinstance(key, str) for key in value),
    "string": lambda value: isinstance(value, str),
}


def holds(rules: Schema | bool, value: Any) -> bool:
    """Whether a value is certainly valid. rules: a schema without references."""
    if isinstance(rules, bool):
        return rules
    return all(
        _KEYWORDS[key](want, value, rules)
        if key in _KEYWORDS
        else key in _SAY_NOTHING or key.startswith(FREE)
        for key, want in rules.items()
    )


def _type(want: Any, value: Any, _rules: Schema) -> bool:
    names = want if isinstance(want, list) else [want]
    return any(name in _TYPES and _TYPES[name](value) for name in names)


def _properties(want: Schema, value: Any, _rules: Schema) -> bool:
    return not isinstance(value, dict) or all(
        holds(want[key], item) for key, item in value.items() if key in want
    )


def _pattern_properties(want: Schema, value: Any, _rules: Schema) -> bool:
    return not isinstance(value, dict) or all(
        holds(rules, item)
        for pattern, rules in want.items()
        for key, item in value.items()
        if re.search(pattern, key)
    )


def _additional_properties(want: Any, value: Any, rules: Schema) -> bool:
    if not isinstance(value, dict) or want is True:
        return True
    patterns = rules.get("patternProperties", {})
    known = rules.get("properties", {})
    others = [
        key
        for key in value
        if key not in known and not any(re.search(pattern, key) for pattern in patterns)
    ]
    return not others if want is False else all(holds(want, value[key]) for key in others)


def _enum(want: Iterable[Any], value: Any, _rules: Schema) -> bool:
    """Compare; 1, 1.0 and true are equal to Python, but not to JSON."""
    if isinstance(value, str):
        return value in want
    return any(type(one) is type(value) and one == value for one in want)


def _unique(_want: Any, value: Any, _rules: Schema) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return True
    return all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


def _each(value: Any, kind: type | UnionType, holds_for: Callable[[Any], bool]) -> bool:
    return not isinstance(value, kind) or isinstance(value, bool) or holds_for(value)


_KEYWORDS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    "additionalProperties": _additional_properties,
    "const": lambda want, value, rules: _enum([want], value, rules),
    "enum": _enum,
    "items": lambda want, value, _: _each(
        value, list, lambda many: all(holds(want, one) for one in many)
    ),
    "maxLength": lambda want, value, _: _each(value, str, lambda text: len(text) <= want),
    "maximum": lambda want, value, _: _each(value, int | float, lambda number: number <= want),
    "minItems": lambda want, value, _: _each(value, list, lambda many: len(many) >= want),
    "minimum": lambda want, value, _: _each(value, int | float, lambda number: number >= want),
    "pattern": lambda want, value, _: _each(
        value, str, lambda text: re.search(want, text) is not None
    ),
    "patternProperties": _pattern_properties,
    "properties": _properties,
    "propertyNames": lambda want, value, _: _each(
        value, dict, lambda found: all(holds(want, key) for key in found)
    ),
    "required": lambda want, value, _: _each(
        value, dict, lambda found: all(key in found for key in want)
    ),
    "type": _type,
    "uniqueItems": _unique,
}
