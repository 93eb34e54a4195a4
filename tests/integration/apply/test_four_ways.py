# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check, run, check again, run again; what is predicted is what happens."""

from __future__ import annotations

import re
import secrets

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.integration.apply.samples import (
    actions,
    config,
    definition,
    deployment,
    disruption_budget,
    obj,
    secret,
    service,
)

STACK = {"stack": "shop", "role": "workloads"}


def everything(namespace):
    return [
        deployment(),
        disruption_budget(),
        obj("Namespace", namespace),
        config(),
        secret(),
        service(),
    ]


def without_hashes(diff):
    """A generated value is another one in every run, and so is its hash."""
    return [{k: re.sub(r"hash \w+", "hash", text) for k, text in one.items()} for one in diff]


def told(result):
    return {
        "changed": result["changed"],
        "actions": actions(result),
        "diff": without_hashes(result["diff"]),
        "msg": result["msg"],
        "stale": result["stale"],
    }


def test_four_ways_from_an_empty_cluster(apply, absent_namespace):
    objects, options = everything(absent_namespace), {"namespace": absent_namespace, **STACK}
    predicted = apply(objects, check=True, **options)
    done = apply(objects, **options)
    nothing_left = apply(objects, check=True, **options)
    done_again = apply(objects, **options)
    assert told(predicted) == told(done)
    assert actions(done) == ["created"] * 6
    assert [told(nothing_left)["changed"], told(done_again)["changed"]] == [False, False]
    assert actions(done_again) == ["unchanged"] * 6
    assert done_again["msg"] == "6 objects: 6 unchanged"
    assert all(one["uid"] for one in done["resources"])
    assert not any(one["uid"] for one in predicted["resources"])


def test_check_mode_writes_nothing(apply, client, absent_namespace):
    apply(everything(absent_namespace), check=True, namespace=absent_namespace, **STACK)
    listed = client.request("GET", "/api/v1/namespaces")["items"]
    assert absent_namespace not in [one["metadata"]["name"] for one in listed]


def test_a_no_op_sends_no_write(apply, client, absent_namespace, monkeypatch):
    objects, options = everything(absent_namespace), {"namespace": absent_namespace, **STACK}
    apply(objects, **options)
    sent = []
    real = type(client).request

    def spy(self, method, path, **rest):
        sent.append((method, path))
        return real(self, method, path, **rest)

    monkeypatch.setattr(type(client), "request", spy)
    assert not apply(objects, **options)["changed"]
    assert {method for method, _path in sent} == {"GET"}


def test_live_lines_name_what_changed_in_the_order_of_levels(apply, absent_namespace):
    objects = everything(absent_namespace)
    apply(objects, namespace=absent_namespace)
    assert apply.lines[0] == f"created Namespace {absent_namespace}"
    assert sorted(apply.lines[1:3]) == ["created ConfigMap settings", "created Secret login"]
    assert apply.lines[3:] == [
        "created Service api",
        "created Deployment api",
        "created PodDisruptionBudget api",
    ]


def test_change_is_predicted_done_and_then_settled(apply, namespace):
    options = {"namespace": namespace}
    apply([config(a="1"), service()], **options)
    objects = [config(a="2"), service()]
    predicted = apply(objects, check=True, **options)
    done = apply(objects, **options)
    assert told(predicted) == told(done)
    assert actions(done) == ["configured", "unchanged"]
    (shown,) = done["diff"]
    assert "a: '1'" in shown["before"]
    assert "a: '2'" in shown["after"]
    assert "managedFields" not in shown["after"]
    assert not apply(objects, **options)["changed"]


def test_a_field_left_out_is_removed(apply, client, namespace):
    apply([config(a="1", b="2")], namespace=namespace)
    assert apply([config(a="1")], namespace=namespace)["changed"]
    live = client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps/settings")
    assert live["data"] == {"a": "1"}


def test_drift_of_our_fields_is_mended_and_other_fields_are_left(apply, client, namespace):
    apply([config(a="1")], namespace=namespace)
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    patch = {"data": {"other": "theirs"}}
    client.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
    assert not apply([config(a="1")], namespace=namespace)["changed"]
    assert client.request("GET", path)["data"] == {"a": "1", "other": "theirs"}


def test_object_that_lost_its_labels_is_found(apply, client, namespace):
    objects = [config("one"), config("two")]
    apply(objects, namespace=namespace)
    path = f"/api/v1/namespaces/{namespace}/configmaps/one"
    patch = {"metadata": {"labels": None}}
    client.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
    assert actions(apply(objects, namespace=namespace)) == ["configured", "unchanged"]


def test_new_objects_are_not_asked_for_one_by_one(apply, namespace, monkeypatch):
    asked, send = [], Client.request

    def counted(self, method, path, **options):
        asked.append((method, path.rpartition("/")[2]))
        return send(self, method, path, **options)

    monkeypatch.setattr(Client, "request", counted)
    assert actions(apply([config("one"), config("two")], namespace=namespace)) == ["created"] * 2
    assert ("GET", "configmaps") in asked
    assert not {("GET", "one"), ("GET", "two")} & set(asked)


def test_foreign_namespace_is_left_alone(apply, client, namespace):
    """The fixture's namespace was made by somebody else: with a POST, without our labels."""
    result = apply([obj("Namespace", namespace), config()], namespace=namespace)
    assert actions(result) == ["skipped", "created"]
    live = client.request("GET", f"/api/v1/namespaces/{namespace}")
    assert "app.kubernetes.io/managed-by" not in live["metadata"]["labels"]


@pytest.fixture
def group(client):
    """A free API group; its definition is deleted afterwards."""
    name = f"test{secrets.token_hex(3)}.slipway.dev"
    yield name
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{name}"
    client.request("DELETE", path)


def test_definition_and_its_objects_in_one_go(apply, group, absent_namespace):
    widget = obj("Widget", "w", f"{group}/v1", spec={"size": 3})
    objects = [widget, definition("widgets", group), obj("Namespace", absent_namespace)]
    predicted = apply(objects, check=True, namespace=absent_namespace)
    done = apply(objects, namespace=absent_namespace)
    assert told(predicted) == told(done)
    assert actions(done) == ["created"] * 3
    assert not apply(objects, namespace=absent_namespace)["changed"]
