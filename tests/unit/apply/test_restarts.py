# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change restarts, and why: a table of pod templates."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import result
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import Action, Item
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.restart import because


def deployment(image="a:1", replicas=1, kind="Deployment", notes=None, **container):
    made = {"name": "api", "image": image, **container}
    template = {"metadata": {"annotations": notes or {}}, "spec": {"containers": [made]}}
    meta = {"name": "api", "namespace": "shop"}
    spec = {"replicas": replicas, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def env(**values):
    return [{"name": name, "value": value} for name, value in values.items()]


LONG = "x" * 100
CASES = {
    "nothing": (deployment(), deployment(), []),
    "replicas restart nothing": (deployment(), deployment(replicas=3), []),
    "a new object": (None, deployment(), []),
    "a Job has no pods to replace": (
        deployment(kind="Job"),
        deployment("a:2", kind="Job"),
        [],
    ),
    "an image": (deployment(), deployment("a:2"), ["spec.containers.api.image: a:1 → a:2"]),
    "a StatefulSet": (
        deployment(kind="StatefulSet"),
        deployment("a:2", kind="StatefulSet"),
        ["spec.containers.api.image: a:1 → a:2"],
    ),
    "variables by their names, whatever their order": (
        deployment(env=env(A="1", B="2")),
        deployment(env=env(B="3", A="1")),
        ["spec.containers.api.env.B.value: 2 → 3"],
    ),
    "a secret's value is not told": (
        deployment(notes={"slipway.dev/secrets": "4f5a"}),
        deployment(notes={"slipway.dev/secrets": "77b1"}),
        ["a Secret that it uses has other values"],
    ),
    "lists without names": (
        deployment(args=["serve"]),
        deployment(args=["serve", "--debug"]),
        ["spec.containers.api.args.1: nothing → --debug"],
    ),
    "a long value": (
        deployment(args=[LONG]),
        deployment(args=["y"]),
        [f"spec.containers.api.args.0: {LONG[:60]}… → y"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_because(name):
    live, after, told = CASES[name]
    assert because(live, after) == told


def test_the_result_tells_who_restarts_and_why():
    live, after = deployment(), deployment("a:2")
    same, more = deployment(kind="StatefulSet"), deployment(kind="StatefulSet", replicas=2)
    items = [
        Item(after, after, live, Action.CONFIGURED, after),
        Item(more, more, same, Action.CONFIGURED, more),
    ]
    (one,) = result.applied(items, [])["restarts"]
    assert (one["kind"], one["name"]) == ("Deployment", "api")
    assert one["because"] == ["spec.containers.api.image: a:1 → a:2"]
