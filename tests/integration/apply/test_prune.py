# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pruning: exactly what this role applied and does not want any more, each exception on its own."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import get_or_none
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError

from tests.integration.apply.samples import (
    actions,
    claim,
    config,
    deployment,
    names,
    obj,
    secret,
    service,
    stateful_set,
)

ROLE = {"stack": "shop", "role": "workloads"}


@pytest.fixture
def role(apply, namespace):
    """Callable: one apply and one prune with the same objects, as a play does it."""

    def call(objects, **options):
        options = {"namespace": namespace, **ROLE, **options}
        applied = apply(objects, **options)
        return applied, apply(objects, state="pruned", **options)

    return call


@pytest.fixture
def exists(client, namespace):
    def ask(kind, name, api_version="v1"):
        path = client.discovery().path(api_version, kind, namespace, name)
        live = get_or_none(client, path)
        return live is not None and "deletionTimestamp" not in live["metadata"]

    return ask


def test_what_is_not_wanted_any_more_goes(role, exists):
    role([config(), service(), deployment()])
    applied, pruned = role([config()])
    assert names(applied["stale"]) == ["Deployment/api", "Service/api"]
    assert names(pruned["resources"]) == ["Deployment/api", "Service/api"]
    assert not exists("Service", "api")
    assert not exists("Deployment", "api", "apps/v1")
    assert exists("ConfigMap", "settings")


def test_four_ways(apply, role, namespace):
    role([config(), service()])
    options = {"namespace": namespace, **ROLE, "state": "pruned"}
    results = [
        apply([config()], check=True, **options),
        apply([config()], **options),
        apply([config()], check=True, **options),
        apply([config()], **options),
    ]
    assert [result["changed"] for result in results] == [True, True, False, False]
    assert results[0]["resources"] == results[1]["resources"]
    assert apply.lines[-2:] == ["would delete Service api", "deleted Service api"]


def test_a_run_that_died_between_apply_and_prune_is_made_up_for(apply, role, exists, namespace):
    role([config(), service()])
    apply([config()], namespace=namespace, **ROLE)  # died here: never pruned
    role([config("other")])
    assert not exists("Service", "api")
    assert not exists("ConfigMap", "settings")


def test_roles_and_stacks_prune_only_their_own(apply, role, exists, namespace):
    apply([config("infra")], namespace=namespace, stack="shop", role="infra")
    apply([config("alone")], namespace=namespace)
    role([service(), config()])
    role([service()])
    assert exists("ConfigMap", "infra")
    assert exists("ConfigMap", "alone")
    assert not exists("ConfigMap", "settings")


KEPT = {
    "claim": (claim(), "v1", "holds data"),
    "secret": (secret(a="1"), "v1", "holds data"),
    "datastore": (
        stateful_set(**{"slipway.dev/datastore": "users_db"}),
        "apps/v1",
        "it is a datastore",
    ),
}


@pytest.mark.parametrize(("kept", "version", "reason"), KEPT.values(), ids=KEPT)
def test_data_are_never_pruned(role, exists, kept, version, reason):
    role([config(), kept])
    applied, pruned = role([config()])
    assert applied["stale"] == []
    assert not pruned["changed"]
    assert actions(pruned) == ["kept"]
    assert reason in pruned["resources"][0]["reason"]
    assert exists(kept["kind"], kept["metadata"]["name"], version)


def test_a_stateful_set_that_is_no_datastore_goes(role, exists):
    """The negative control of the label."""
    role([config(), stateful_set()])
    role([config()])
    assert not exists("StatefulSet", "db", "apps/v1")


def test_object_with_foreign_labels_stays(role, exists, client, namespace):
    role([config(), service()])
    path = f"/api/v1/namespaces/{namespace}/services/api"
    patch = {"metadata": {"labels": {"app.kubernetes.io/part-of": "theirs"}}}
    client.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
    _applied, pruned = role([config()])
    assert "not of this stack" in pruned["resources"][0]["reason"]
    assert exists("Service", "api")


def using(name):
    return deployment(volumes=[{"name": "v", "configMap": {"name": name}}])


def test_config_map_stays_while_an_old_replica_set_could_come_back(
    role, exists, client, namespace, eventually
):
    role([config("old"), using("old")])
    sets = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    eventually(lambda: client.request("GET", sets)["items"])
    _applied, pruned = role([config("new"), using("new")])
    assert pruned["resources"][0]["reason"] == "a live object refers to it"
    assert exists("ConfigMap", "old")
    eventually(lambda: len(client.request("GET", sets)["items"]) == 2)
    for one in client.request("GET", sets)["items"]:
        if "old" in str(one["spec"]["template"]):
            client.request("DELETE", f"{sets}/{one['metadata']['name']}")
    eventually(lambda: len(client.request("GET", sets)["items"]) == 1)
    _applied, pruned = role([config("new"), using("new")])
    assert actions(pruned) == ["deleted"]
    assert not exists("ConfigMap", "old")


def test_config_map_goes_together_with_the_only_workload_that_uses_it(
    role, exists, client, namespace, eventually
):
    role([config("old"), using("old"), service()])
    sets = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    eventually(lambda: client.request("GET", sets)["items"])
    _applied, pruned = role([service()])
    assert names(pruned["resources"]) == ["ConfigMap/old", "Deployment/api"]
    assert actions(pruned) == ["deleted", "deleted"]
    assert not exists("ConfigMap", "old")


def test_object_that_is_gone_is_forgotten(role, client, namespace):
    role([config(), service()])
    client.request("DELETE", f"/api/v1/namespaces/{namespace}/services/api")
    applied, pruned = role([config()])
    assert (applied["stale"], pruned["resources"]) == ([], [])


def test_empty_wish_is_refused(apply, role, exists, namespace):
    role([config()])
    with pytest.raises(KubeError, match="state: absent"):
        apply([], namespace=namespace, state="pruned", **ROLE)
    assert exists("ConfigMap", "settings")


def test_set_is_written_before_the_first_change_and_not_again(apply, client, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps/slipway-applied-shop-workloads"
    bad = obj("Service", "bad", spec={"ports": [{"port": 80}], "clusterIP": "10.96.0.1"})
    assert apply([config(), bad], namespace=namespace, **ROLE)["failed"]
    apply([config()], namespace=namespace, **ROLE)
    version = client.request("GET", path)["metadata"]["resourceVersion"]
    apply([config()], namespace=namespace, **ROLE)
    apply([config(a="2")], namespace=namespace, **ROLE)
    assert client.request("GET", path)["metadata"]["resourceVersion"] == version
    assert "settings" in client.request("GET", path)["data"]["objects"]
