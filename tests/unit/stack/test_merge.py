# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging: its laws, unions, tombstones."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.merge import bury, lay, merge
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.shape import NOTHING
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    plain,
    walk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import quick_yaml
from tests.unit.stack.conftest import Layer, Resolve

LEAVES = st.one_of(st.integers(0, 3), st.sampled_from("xyz"), st.lists(st.integers(0, 3)))
KEYS = st.sampled_from("abc")
# One shape at every depth, as validated layers have it: no map meets a scalar.
LEVEL_2 = st.dictionaries(KEYS, LEAVES)
LEVEL_1 = st.dictionaries(KEYS, LEVEL_2)
LAYERS = st.lists(LEVEL_1, min_size=1, max_size=4)
few = settings(max_examples=20)  # three keys a level: there is not much more to try


def node(value: Any, layer: str) -> Node:
    """Return a value whose every part is marked with its layer."""
    mark = Mark(layer, layer)
    if isinstance(value, dict):
        return Node({key: node(child, layer) for key, child in value.items()}, mark)
    if isinstance(value, list):
        return Node([node(child, layer) for child in value], mark)
    return Node(value, mark)


def nodes(values: list[Any]) -> list[Node]:
    return [node(value, f"layer{index}") for index, value in enumerate(values)]


def laid(*layers: Node) -> Node:
    return reduce(lambda below, above: lay(below, above, NOTHING), layers)


@few
@given(LEVEL_1, LEVEL_1, LEVEL_1)
def test_merging_is_associative_without_nulls_and_unions(a: Any, b: Any, c: Any) -> None:
    low, middle, high = nodes([a, b, c])
    assert plain(laid(laid(low, middle), high)) == plain(laid(low, laid(middle, high)))


@few
@given(LEVEL_1, LEVEL_1, LEVEL_1)
def test_provenance_is_associative_too(a: Any, b: Any, c: Any) -> None:
    low, middle, high = nodes([a, b, c])
    left, right = laid(laid(low, middle), high), laid(low, laid(middle, high))
    told = [
        {path: history(leaf) for path, leaf in walk(one) if len(path) == 2} for one in (left, right)
    ]
    assert told[0] == told[1]


@few
@given(LEVEL_1)
def test_merging_with_itself_or_nothing_changes_nothing(a: Any) -> None:
    low, high = nodes([a, a])
    assert plain(laid(low, high)) == a
    assert plain(laid(node({}, "empty"), low)) == plain(laid(low, node({}, "empty"))) == a


@few
@given(LAYERS)
def test_the_highest_layer_that_says_something_wins_and_is_named(values: list[Any]) -> None:
    merged = laid(*nodes(values))
    for path, leaf in walk(merged):
        if len(path) != 2:
            continue
        sayers = [index for index, value in enumerate(values) if path[1] in value.get(path[0], {})]
        assert leaf.mark.layer == f"layer{sayers[-1]}"
        assert plain(leaf) == values[sayers[-1]][path[0]][path[1]]
        assert history(leaf) == [f"layer{index}" for index in reversed(sayers)]


def history(leaf: Node) -> list[str]:
    """Return the layers that gave a value, from high to low."""
    below = leaf.overrode
    return [leaf.mark.layer, *(history(below) if below else [])]


@few
@given(LAYERS)
def test_nothing_is_lost(values: list[Any]) -> None:
    merged = {path for path, _leaf in walk(laid(*nodes(values))) if len(path) == 2}
    assert merged == {(a, b) for value in values for a, inner in value.items() for b in inner}


@few
@given(LEVEL_1)
def test_null_deletes(a: Any) -> None:
    low, high = nodes([a, dict.fromkeys(a)])
    kept, findings = bury(laid(low, high))
    assert (plain(kept), findings) == ({}, [])


@few
@given(st.dictionaries(KEYS, st.none(), min_size=1))
def test_null_where_nothing_is_is_an_error(a: Any) -> None:
    _kept, findings = bury(node(a, "layer0"))
    assert [finding.id for finding in findings] == ["nothing-to-delete"] * len(a)


UNIONS = [
    pytest.param(
        "workloads: {api: {health: {port: http, live: {path: /a}, startup_budget: 5s}}}",
        "workloads: {api: {health: {exec: [ping]}}}",
        {"startup_budget": "5s", "exec": ["ping"]},
        id="a probe by exec drops the one by http, and keeps the budget",
    ),
    pytest.param(
        "workloads: {api: {health: {exec: [ping]}}}",
        "workloads: {api: {health: {port: http, live: {path: /a}}}}",
        {"port": "http", "live": {"path": "/a"}},
        id="a probe by http drops the one by exec",
    ),
    pytest.param(
        "workloads: {api: {health: {port: http, live: {path: /a}}}}",
        "workloads: {api: {health: {ready: {path: /b}}}}",
        {"port": "http", "live": {"path": "/a"}, "ready": {"path": "/b"}},
        id="the same kind of probe merges",
    ),
    pytest.param(
        "workloads: {api: {health: {exec: [ping]}}}",
        "workloads: {api: {health: {startup_budget: 5s}}}",
        {"exec": ["ping"], "startup_budget": "5s"},
        id="a key of no kind changes no kind",
    ),
]


@pytest.mark.parametrize(("below", "above", "health"), UNIONS)
def test_unions_replace_whole(layer: Layer, below: str, above: str, health: Any) -> None:
    merged = plain(merge([layer(below), layer(above)]))
    assert merged["workloads"]["api"]["health"] == health


def test_another_driver_drops_the_keys_of_the_first(layer: Layer) -> None:
    below = "datastores: {db: {type: postgres, storage: 1Gi, conf: {a: b}}}"
    above = "datastores: {db: {driver: external, host: db.example.com}}"
    assert plain(merge([layer(below), layer(above)]))["datastores"]["db"] == {
        "type": "postgres",
        "driver": "external",
        "host": "db.example.com",
    }


STACK = """
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
profiles:
  base: {image: app, env: {A: "1", B: "1"}, args: [a, b]}
workloads:
  api: {extends: base, env: {A: "2"}, args: [c], scale: {replicas: 4}}
"""


def test_a_null_above_also_deletes_what_a_profile_says(resolved: Resolve) -> None:
    environment = "{preset: local, workloads: {api: {env: {A: null}}}}"
    document = resolved(STACK, environment).document
    assert document
    assert document["workloads"]["api"]["env"] == {"B": {"value": "1"}}


def test_lists_replace_and_scale_changes_its_mode(resolved: Resolve) -> None:
    environment = "{preset: local, workloads: {api: {scale: {singleton: true}}}}"
    document = resolved(STACK, environment).document
    assert document
    assert document["workloads"]["api"]["args"] == ["c"]
    assert document["workloads"]["api"]["scale"] == {"singleton": True}


def test_every_value_of_a_resolved_stack_knows_where_it_comes_from(resolved: Resolve) -> None:
    for path, leaf in walk(resolved(STACK).tree):
        assert leaf.mark.file, path
        assert leaf.mark.line, path


def test_the_same_stack_is_the_same_bytes_whatever_the_order_of_keys(resolved: Resolve) -> None:
    turned = quick_yaml.dump(quick_yaml.load(STACK), sort_keys=True)
    one, other = resolved(STACK).document, resolved(turned).document
    assert quick_yaml.dump(one) == quick_yaml.dump(other)
