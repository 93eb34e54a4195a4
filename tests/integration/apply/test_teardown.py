# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a role down: data stay unless they are named, and nothing of others goes."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError

from tests.integration.apply.samples import (
    LABELS,
    actions,
    claim,
    config,
    deployment,
    names,
    obj,
    secret,
    stateful_set,
)

ROLE = {"stack": "shop", "role": "infra"}


def everything(namespace):
    database = stateful_set(**{"slipway.dev/datastore": "users_db"})
    return [obj("Namespace", namespace), config(), secret(), claim(), deployment(), database]


@pytest.fixture
def live_names(client):
    """Callable: what is left in the namespace, without what Kubernetes puts there."""
    kinds = (
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("v1", "PersistentVolumeClaim"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
    )

    def ask(namespace):
        found = []
        for version, kind in kinds:
            path = client.discovery().path(version, kind, namespace)
            for one in client.request("GET", path)["items"]:
                found.append(f"{kind}/{one['metadata']['name']}")
        return sorted(set(found) - {"ConfigMap/kube-root-ca.crt"})

    return ask


def test_data_stay_unless_they_are_named(apply, client, live_names, absent_namespace):
    namespace = absent_namespace
    options = {"namespace": namespace, **ROLE, "state": "absent"}
    apply(everything(namespace), namespace=namespace, **ROLE)
    predicted = apply(check=True, **options)
    done = apply(**options)
    assert predicted["resources"] == done["resources"]
    assert live_names(namespace) == [
        "ConfigMap/slipway-applied-shop-infra",
        "PersistentVolumeClaim/data-db-0",
        "Secret/login",
    ]
    again = apply(**options)
    assert not again["changed"]
    assert names(again["stale"]) == [
        f"Namespace/{namespace}",
        "PersistentVolumeClaim/data-db-0",
        "Secret/login",
    ]
    assert apply(data=True, **options)["changed"]
    with pytest.raises(ApiError, match="404"):
        client.request("GET", f"/api/v1/namespaces/{namespace}")
    assert not apply(data=True, **options)["changed"]


def test_taken_down_and_brought_up_again_with_the_same_password(apply, client, absent_namespace):
    options = {"namespace": absent_namespace, **ROLE}
    path = f"/api/v1/namespaces/{absent_namespace}/secrets/login"
    apply(everything(absent_namespace), **options)
    before = client.request("GET", path)["data"]
    apply(state="absent", **options)
    result = apply(everything(absent_namespace), **options)
    assert sorted(actions(result)) == ["created"] * 3 + ["unchanged"] * 3
    assert client.request("GET", path)["data"] == before


def test_namespace_of_somebody_else_stays(apply, client, live_names, namespace):
    """Data and records of the stack go by their labels, wherever they come from."""
    apply(everything(namespace), namespace=namespace, **ROLE)
    record = obj("ConfigMap", "mg-users-1", data={"passed": "1"})
    theirs = config("theirs")
    theirs["metadata"]["labels"] = LABELS | {"app.kubernetes.io/part-of": "other"}
    for body in (record, theirs):
        client.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", body=body)
    apply(state="absent", data=True, namespace=namespace, **ROLE)
    assert live_names(namespace) == ["ConfigMap/theirs"]


def test_our_namespace_stays_while_another_stack_lives_in_it(apply, client, absent_namespace):
    namespace = absent_namespace
    apply(everything(namespace), namespace=namespace, **ROLE)
    theirs = config("theirs")
    theirs["metadata"]["labels"] = LABELS | {"app.kubernetes.io/part-of": "other"}
    client.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", body=theirs)
    result = apply(state="absent", data=True, namespace=namespace, **ROLE)
    assert [one["reason"] for one in result["resources"] if one["action"] == "kept"] == [
        "the stack other lives in it"
    ]
    assert client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps/theirs")


def test_data_stay_while_another_role_has_objects(apply, live_names, namespace):
    apply([secret(), config()], namespace=namespace, **ROLE)
    apply([deployment()], namespace=namespace, stack="shop", role="workloads")
    with pytest.raises(KubeError, match=r"objects of workloads\. Take these roles down first"):
        apply(state="absent", data=True, namespace=namespace, **ROLE)
    assert "Secret/login" in live_names(namespace)
    apply(state="absent", namespace=namespace, stack="shop", role="workloads")
    apply(state="absent", data=True, namespace=namespace, **ROLE)
    assert live_names(namespace) == []


def test_cluster_scoped_objects_go_with_the_role(apply, client, namespace):
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    role = obj("ClusterRole", f"{namespace}-reader", "rbac.authorization.k8s.io/v1", rules=rules)
    apply([role, config()], namespace=namespace, **ROLE)
    apply(state="absent", namespace=namespace, **ROLE)
    with pytest.raises(ApiError, match="404"):
        client.request("GET", f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{namespace}-reader")


def test_nothing_was_ever_applied(apply, absent_namespace):
    result = apply(state="absent", data=True, namespace=absent_namespace, **ROLE)
    assert (result["changed"], result["msg"]) == (False, "0 deleted, 0 kept")
