# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The applied set and what is never pruned."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import applied_set
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import (
    protected,
    refuse_empty,
    surviving,
    used_config_maps,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

from tests.unit import quick_yaml

WORK = SimpleNamespace(stack="shop", role="infra", namespace="shop-ns")
OLD = Ref("policy/v1beta1", "PodDisruptionBudget", "shop", "api")
NEW = Ref("policy/v1", "PodDisruptionBudget", "shop", "api")
NAMESPACE = Ref("v1", "Namespace", "", "shop")


def test_the_set_survives_writing_and_reading():
    written = applied_set.encode(WORK, [NEW, NAMESPACE])
    assert applied_set.decode(written) == sorted([NEW, NAMESPACE])
    assert written["metadata"]["name"] == "slipway-applied-shop-infra"
    assert written["metadata"]["namespace"] == "shop-ns"
    assert written["metadata"]["labels"]["app.kubernetes.io/part-of"] == "shop"


@pytest.mark.parametrize("live", [None, {}, {"data": None}, {"data": {"objects": ""}}])
def test_no_set_is_an_empty_set(live):
    assert applied_set.decode(live) == []


def test_union_holds_an_object_once_in_the_wanted_version():
    assert applied_set.union([OLD, NAMESPACE], [NEW]) == sorted([NEW, NAMESPACE])


def labelled(**labels):
    return {"metadata": {"labels": labels}}


PROTECTED = {
    "claim": (Ref("v1", "PersistentVolumeClaim", "shop", "a"), labelled(), "holds data"),
    "Secret": (Ref("v1", "Secret", "shop", "a"), labelled(), "holds data"),
    "Namespace": (NAMESPACE, labelled(), "holds data"),
    "definition": (Ref("x/v1", "CustomResourceDefinition", "", "a"), labelled(), "all objects"),
    "database": (
        Ref("apps/v1", "StatefulSet", "shop", "db"),
        labelled(**{"slipway.dev/datastore": "users_db"}),
        "datastore",
    ),
    "taken over": (
        Ref("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "api"),
        {
            "metadata": {
                "ownerReferences": [{"kind": "ScaledObject", "name": "api", "controller": True}]
            }
        },
        "ScaledObject api controls it now",
    ),
}


@pytest.mark.parametrize(("ref", "live", "words"), PROTECTED.values(), ids=PROTECTED)
def test_protected(ref, live, words):
    assert words in protected(ref, live)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "Service", "ConfigMap", "Job"])
def test_everything_else_may_go(kind):
    assert protected(Ref("v1", kind, "shop", "a"), labelled()) == ""


USERS = """
- spec:
    containers:
      - env:
          - {name: A, valueFrom: {configMapKeyRef: {name: by-key, key: k}}}
          - {name: B, valueFrom: {secretKeyRef: {name: a-secret, key: k}}}
        envFrom: [{configMapRef: {name: by-env-from}}]
    initContainers:
      - env: [{name: G, valueFrom: {configMapKeyRef: {name: by-init, key: passed}}}]
    volumes:
      - {name: v, configMap: {name: by-volume}}
      - {name: w, projected: {sources: [{configMap: {name: by-projection}}]}}
      - {name: x, secret: {secretName: a-secret}}
- spec: {jobTemplate: {spec: {template: {spec: {volumes: [{configMap: {name: by-cron}}]}}}}}
- data: {spec: {template: {spec: {volumes: [{configMap: {name: by-revision}}]}}}}
- {configMap: no-reference, metadata: {name: not-this}}
"""


def test_used_config_maps_are_found_in_every_kind_of_reference():
    assert used_config_maps(quick_yaml.load(USERS)) == {
        "by-key",
        "by-env-from",
        "by-init",
        "by-volume",
        "by-projection",
        "by-cron",
        "by-revision",
    }


def owned(uid, *owners, **meta):
    references = [{"uid": owner} for owner in owners]
    return {"metadata": {"uid": uid, "ownerReferences": references, **meta}}


def test_what_goes_with_its_owner_does_not_survive():
    chain = [owned("pod", "set"), owned("set", "deployment"), owned("deployment")]
    others = [owned("other-pod", "other-set"), owned("bare")]
    terminating = owned("old-pod", "other-set", deletionTimestamp="2026-11-22T00:00:00Z")
    assert surviving([*chain, *others, terminating], {"deployment"}) == others
    assert surviving(chain, set()) == chain


def test_an_empty_wish_is_refused():
    with pytest.raises(KubeError, match="state: absent"):
        refuse_empty([])
