# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is sent, and in which order the rest goes."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import (
    InputError,
    prepare,
    same,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import (
    by_level,
    level,
    level_of,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref, ref


def served(resource, kind, scope="Namespaced"):
    return {"resource": resource, "responseKind": {"kind": kind}, "scope": scope}


def group(name, *resources):
    meta = {"name": name} if name else {}
    return {"metadata": meta, "versions": [{"version": "v1", "resources": list(resources)}]}


KINDS = Discovery(
    [
        {
            "items": [
                group(
                    "",
                    served("configmaps", "ConfigMap"),
                    served("namespaces", "Namespace", "Cluster"),
                ),
                group("apps", served("deployments", "Deployment")),
            ]
        }
    ]
)


def obj(kind="ConfigMap", name="c", api_version="v1", **meta):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **meta}}


def crd(scope):
    names = {"kind": "Widget"}
    versions = [{"name": "v1"}]
    spec = {"group": "x.dev", "names": names, "scope": scope, "versions": versions}
    name = "widgets.x.dev"
    return {**obj("CustomResourceDefinition", name, "apiextensions.k8s.io/v1"), "spec": spec}


KNOWS_CRDS = Discovery(
    [
        {"items": [group("", served("configmaps", "ConfigMap"))]},
        {
            "items": [
                group("apiextensions.k8s.io", served("crds", "CustomResourceDefinition", "Cluster"))
            ]
        },
    ]
)
WIDGET = obj("Widget", "w", "x.dev/v1")

PLACES = {
    "the default": (obj(), KINDS, "shop"),
    "its own": (obj(namespace="other"), KINDS, "other"),
    "none for a cluster-scoped kind": (obj("Namespace", namespace="x"), KINDS, ""),
}


@pytest.mark.parametrize(("given", "kinds", "namespace"), PLACES.values(), ids=PLACES)
def test_namespace(given, kinds, namespace):
    (ready,) = prepare([given], "shop", kinds, check=False)
    assert ref(ready).namespace == namespace


@pytest.mark.parametrize(("scope", "namespace"), [("Namespaced", "shop"), ("Cluster", "")])
def test_kind_that_comes_with_its_definition(scope, namespace):
    ready = prepare([crd(scope), WIDGET], "shop", KNOWS_CRDS, check=False)
    assert ref(ready[1]).namespace == namespace


def test_the_given_objects_are_not_touched():
    given = obj()
    prepare([given], "shop", KINDS, check=False)
    assert given == obj()


COMPLAINTS = {
    "no name": ([{"apiVersion": "v1", "kind": "ConfigMap"}], "objects[0] (ConfigMap) needs a"),
    "name that YAML made a number": ([obj(name=7)], "needs a string in metadata.name"),
    "no kind at all": ([{}], "objects[0] (object) needs a string in apiVersion, kind, metadata"),
    "all of them": ([{}, obj(), {}], "objects[2]"),
    "typo in a kind": ([obj("Deploymnt", api_version="apps/v1")], 'Did you mean "Deployment"?'),
    "kind of another group": ([obj("Deployment")], "It serves Deployment as apps/v1."),
    "no such group": ([WIDGET], "install what brings the CustomResourceDefinition"),
    "twice": ([obj(), obj(namespace="shop")], "more than once: ConfigMap shop/c"),
}


@pytest.mark.parametrize(("objects", "words"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_complaint(objects, words):
    with pytest.raises(InputError) as caught:
        prepare(objects, "shop", KINDS, check=False)
    assert words in str(caught.value)


def test_check_mode_lets_through_what_an_earlier_step_may_install():
    (ready,) = prepare([WIDGET], "shop", KINDS, check=True)
    assert ref(ready).namespace == "shop"


def test_check_mode_does_not_let_a_typo_through():
    with pytest.raises(InputError):
        prepare([obj("Deploymnt", api_version="apps/v1")], "shop", KINDS, check=True)


def test_levels():
    kinds = [
        *("Deployment", "HTTPRoute", "Secret", "Job", "Namespace", "Service"),
        *("PodDisruptionBudget", "ServiceAccount", "RoleBinding", "ExternalSecret", "Role"),
        "CustomResourceDefinition",
    ]
    assert by_level([(level(kind), kind) for kind in kinds]) == [
        ["Namespace", "CustomResourceDefinition"],
        ["Secret", "ServiceAccount", "Role"],
        ["Service", "RoleBinding", "ExternalSecret"],
        ["Deployment", "Job"],
        ["HTTPRoute", "PodDisruptionBudget"],
    ]


def test_a_composed_secret_follows_the_others():
    composed = {**obj("Secret"), "stringData": {"url": "x:${key:login/password}"}}
    assert level_of(composed) > level_of(obj("Secret"))
    assert level_of(composed) < level_of(obj("Deployment"))


def test_one_object_in_two_versions_is_the_same():
    assert same(Ref("x.dev/v1", "A", "n", "a")) == same(Ref("x.dev/v2", "A", "n", "a"))
    assert same(Ref("x.dev/v1", "A", "n", "a")) != same(Ref("y.dev/v1", "A", "n", "a"))
    assert same(Ref("v1", "A", "n", "a")) != same(Ref("x.dev/v1", "A", "n", "a"))


def test_an_older_version_that_means_the_same():
    """External Secrets before 0.17 serves v1beta1 only, later ones v1 only."""
    name = "external-secrets.io"
    old = {
        "metadata": {"name": name},
        "versions": [
            {"version": "v1beta1", "resources": [served("externalsecrets", "ExternalSecret")]}
        ],
    }
    given = obj("ExternalSecret", "app", f"{name}/v1")
    (sent,) = prepare([given], "shop", Discovery([{"items": [old]}]), check=False)
    assert sent["apiVersion"] == f"{name}/v1beta1"
    with pytest.raises(InputError, match="does not serve ExternalSecret"):
        prepare([given], "shop", KINDS, check=False)
