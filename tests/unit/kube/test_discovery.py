# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths and unknown kinds from an aggregated discovery document."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import UnknownKind


def served(resource, kind, scope="Namespaced"):
    return {"resource": resource, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get"]}


CORE = {
    "items": [
        {
            "metadata": {},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        served("pods", "Pod"),
                        served("namespaces", "Namespace", "Cluster"),
                        {"resource": "bindings", "responseKind": {}},
                    ],
                }
            ],
        }
    ]
}
GROUPS = {
    "items": [
        {
            "metadata": {"name": "gateway.networking.k8s.io"},
            "versions": [{"version": "v1", "resources": [served("httproutes", "HTTPRoute")]}],
        }
    ]
}
KINDS = Discovery([CORE, GROUPS])

PATHS = {
    "object": (("v1", "Pod", "shop", "api"), "/api/v1/namespaces/shop/pods/api"),
    "list": (("v1", "Pod", "shop"), "/api/v1/namespaces/shop/pods"),
    "list of all namespaces": (("v1", "Pod"), "/api/v1/pods"),
    "subresource": (
        ("v1", "Pod", "shop", "api", "log"),
        "/api/v1/namespaces/shop/pods/api/log",
    ),
    "cluster-scoped ignores the namespace": (
        ("v1", "Namespace", "shop", "shop"),
        "/api/v1/namespaces/shop",
    ),
    "group": (
        ("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", "web"),
        "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/web",
    ),
    "strange name is quoted": (
        ("v1", "Pod", "shop", "system:a/b"),
        "/api/v1/namespaces/shop/pods/system%3Aa%2Fb",
    ),
}


@pytest.mark.parametrize(("asked", "path"), PATHS.values(), ids=PATHS)
def test_path(asked, path):
    assert KINDS.path(*asked) == path


def test_scope():
    assert KINDS.namespaced("v1", "Pod")
    assert not KINDS.namespaced("v1", "Namespace")


UNKNOWN = {
    "typo": (("v1", "Pods"), 'Did you mean "Pod"?'),
    "other version": (
        ("gateway.networking.k8s.io/v1beta1", "HTTPRoute"),
        "It serves HTTPRoute as gateway.networking.k8s.io/v1.",
    ),
    "missing CRD": (("crunchy.example.com/v1", "Robot"), "CustomResourceDefinition"),
    "missing operator": (("keda.sh/v1", "ScaledObject"), "install KEDA first"),
}


@pytest.mark.parametrize(("asked", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_kind_says_what_to_do(asked, words):
    with pytest.raises(UnknownKind) as caught:
        KINDS.path(*asked)
    assert words in str(caught.value)
