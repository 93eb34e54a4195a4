# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema itself: sound, described, and at one with the presets and the document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack import schema as package
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.completeness import SECTIONS
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.presets import defaults, preset
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema import schema
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.glance import holds
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.validate import validate
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.structure import (
    SECTIONS as STRUCTURE,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import plain
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

LAYERS = ("stack", "environment", "release")
PRESETS = ("local", "shared", "production")


def parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema within a schema."""
    if isinstance(part, dict):
        yield path, part
        for key, child in part.items():
            yield from parts(child, f"{path}/{key}")


@pytest.mark.parametrize("layer", LAYERS)
def test_every_map_of_known_keys_is_closed_but_for_free_keys(layer: str) -> None:
    for path, part in parts(schema(layer)):
        if isinstance(part.get("properties"), dict) and "type" in part:
            assert part["additionalProperties"] is False, path
            assert part["patternProperties"] == {"^x-": True}, path


@pytest.mark.parametrize("layer", LAYERS)
def test_every_pattern_says_what_it_expects(layer: str) -> None:
    for path, part in parts(schema(layer)):
        if isinstance(part.get("pattern"), str):
            assert "x-expect" in part, path


def test_every_key_that_can_be_missing_says_what_it_is() -> None:
    for path, part in parts(schema("environment")):
        for key in part.get("x-required", ()):
            assert part["properties"][key]["description"], f"{path}/{key}"


def test_unions_name_keys_that_exist() -> None:
    for path, part in parts(schema("environment")):
        said = part.get("x-union", [])
        for union in [said] if isinstance(said, dict) else said:
            for keys in [*union["variants"].values(), *union.get("required", {}).values()]:
                assert set(keys) <= set(part["properties"]), path


def test_whatever_has_an_identity_is_a_map_by_name() -> None:
    for section in {*SECTIONS, *STRUCTURE}:
        assert "propertyNames" in schema("environment")["properties"][section], section


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_layers(name: str) -> None:
    assert validate(defaults(), "environment") == []
    assert validate(preset(name), "environment") == []
    assert name in schema("environment")["properties"]["preset"]["enum"]


def test_the_published_file_stands_alone() -> None:
    published = json.loads((Path(package.__file__).parent / "stack.json").read_text("utf-8"))
    Draft202012Validator.check_schema(published)
    faults = Draft202012Validator(published).iter_errors({"schema": "stack/v1", "nam": "demo"})
    assert {fault.validator for fault in faults} == {"required", "additionalProperties"}


KEYWORDS: dict[str, Any] = {
    "type": st.sampled_from(["object", "string", ["array", "object"], "integer", "boolean"]),
    "const": st.sampled_from([1, True, "a"]),
    "enum": st.lists(st.sampled_from([0, False, "", "ab"]), min_size=1),
    "minimum": st.integers(-1, 2),
    "maximum": st.integers(-1, 2),
    "minItems": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "uniqueItems": st.just(True),
    "pattern": st.sampled_from(["^a", "b$"]),
    "required": st.lists(st.sampled_from("ab")),
    "propertyNames": st.just({"pattern": "^[a-z]+$"}),
    "additionalProperties": st.booleans(),
    "patternProperties": st.just({"^x-": True, "b": {"type": "string"}}),
    "properties": st.just({"a": {"minimum": 1}}),
    "items": st.just({"type": "integer"}),
    "multipleOf": st.just(2),  # not in our schema: a glance knows nothing of it
}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.just(1.0)
    | st.sampled_from(["", "a", "ab"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "x-y", "1"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=KEYWORDS), VALUES)
def test_what_holds_at_a_glance_is_valid(rules: dict[str, Any], value: Any) -> None:
    if holds(rules, value):
        assert Draft202012Validator(rules).is_valid(value)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_glance_knows_every_keyword_of_the_schema(layer: str) -> None:
    whole = (
        part for _path, part in parts(schema(layer)) if isinstance(part.get("type"), str | list)
    )
    used = {key for part in whole for key in part}
    assert {key for key in used if not key.startswith("x-")} <= {"description", *KEYWORDS}


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_valid_holds_at_a_glance(name: str) -> None:
    assert holds(schema("environment"), plain(preset(name)))
