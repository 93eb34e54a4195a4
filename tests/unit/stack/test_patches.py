# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches: what a merge does to an object. What is refused stands in cases.yml."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.patches import patched

BOX = {"name": "api", "image": "acme/app:1", "args": ["a", "b"]}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "labels": {"a": "b"}},
    "spec": {"paused": True, "template": {"spec": {"containers": [BOX]}}},
}
CONFIG: dict[str, Any] = {
    "kind": "ConfigMap",
    "immutable": True,
    "metadata": {"name": "api-env-0123abcd"},
    "data": {"A": "1"},
}


def patch(merge: dict[str, Any], kind: str = "Deployment", name: str = "api") -> dict[str, Any]:
    """Return a patch of an object."""
    return {"target": {"kind": kind, "name": name}, "reason": "a test", "merge": merge}


def boxes(*found: dict[str, Any]) -> dict[str, Any]:
    """Return a merge for the containers of the Deployment."""
    return {"spec": {"template": {"spec": {"containers": list(found)}}}}


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ({"spec": {"minReadySeconds": 5}}, {**DEPLOYMENT["spec"], "minReadySeconds": 5}),
        ({"spec": {"paused": None}}, {"template": DEPLOYMENT["spec"]["template"]}),
        (
            boxes({"name": "api", "tty": True, "args": ["c"]}),
            {"paused": True, **boxes({**BOX, "tty": True, "args": ["c"]})["spec"]},
        ),
        (
            boxes({"name": "more", "image": "x:1"}),
            {"paused": True, **boxes(BOX, {"name": "more", "image": "x:1"})["spec"]},
        ),
    ],
)
def test_merging(merge: dict[str, Any], expected: dict[str, Any]) -> None:
    (found,) = patched([DEPLOYMENT], [patch(merge)])
    assert found["spec"] == expected


def test_only_the_object_that_is_named_changes() -> None:
    other = {**DEPLOYMENT, "metadata": {"name": "web"}}
    before = [DEPLOYMENT, other, CONFIG]
    after = patched(before, [patch({"spec": {"paused": None}}, name="web")])
    assert (after[0], after[2]) == (DEPLOYMENT, CONFIG)
    assert "paused" not in after[1]["spec"]


def test_a_config_map_is_named_without_its_hash() -> None:
    (found,) = patched([CONFIG], [patch({"data": {"B": "2"}}, "ConfigMap", "api-env")])
    assert found["data"] == {"A": "1", "B": "2"}
