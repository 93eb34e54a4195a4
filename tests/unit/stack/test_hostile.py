# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in a layer, the answer is a document or findings, and never a traceback."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from hypothesis import given, settings
from hypothesis import strategies as st

STACK = yaml.safe_load((Path(__file__).parents[3] / "stacks" / "shop.yml").read_text("utf-8"))
ENVIRONMENT = yaml.safe_load(
    """
preset: local
sites: {shop: {host: shop.localhost}}
ingress: {driver: gateway, gateway: {namespace: gw, name: shared}, port: 8080}
defaults: {workloads: {scale: {replicas: 2}}}
workloads: {users: {env: {A: b}}}
datastores: {users_db: {storage: 2Gi}}
"""
)
WRONG = [None, 3, True, 1.5, "x", "${a.b}", "${", [], {}, [1], {"a": "b"}, {"a": None}, "users"]
Steps = tuple[str | int, ...]


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every value within a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in entries:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from places(child, (*path, key))


def mutant(layer: Any, path: Steps, wrong: Any) -> str:
    """Return a layer as YAML, with one value replaced."""
    changed = copy.deepcopy(layer)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = wrong
    return yaml.safe_dump(changed)


@pytest.mark.parametrize("target", ["stack", "environment"])
@settings(max_examples=12)
@given(data=st.data())
def test_a_wrong_value_anywhere_is_answered(target: str, data: st.DataObject) -> None:
    texts = {"stack": yaml.safe_dump(STACK), "environment": yaml.safe_dump(ENVIRONMENT)}
    layer = STACK if target == "stack" else ENVIRONMENT
    path = data.draw(st.sampled_from(list(places(layer))))
    texts[target] = mutant(layer, path, data.draw(st.sampled_from(WRONG)))
    stack, environment = (parse(texts[name], shown=name, layer=name)[0] for name in texts)
    result = resolve(stack, [environment])
    assert (result.document is None) == any(one.level == "error" for one in result.findings)
    if result.document:
        build({**result.document})
