# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds whose life is different: StatefulSets and their claims, definitions, ending namespaces."""

from __future__ import annotations

import secrets

import pytest

from tests.integration.health.faults import IMAGE, SLEEP, claim, named


def stateful_set(storage_class="standard", command=SLEEP, **spec):
    claims = [{"metadata": {"name": "data"}, "spec": claim(storage_class)["spec"]}]
    mounts = [{"name": "data", "mountPath": "/data"}]
    container = {"name": "db", "image": IMAGE, "command": command, "volumeMounts": mounts}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": [container]},
            },
            "volumeClaimTemplates": claims,
            **spec,
        },
    }


def definition(group, plural, **version):
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version |= {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": "Thing", "plural": plural, "singular": "thing"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def test_a_stateful_set_and_its_claim(bench):
    entry = bench.apply(stateful_set())
    claimed = bench.entry(named("PersistentVolumeClaim", "data-db-0"))
    outcome = bench.wait(entry, claimed)
    assert outcome.result["failed"] is False, outcome.seen
    assert [one["reason"] for one in outcome.result["resources"]] == ["Ready", "Bound"]


def test_on_delete_says_that_old_pods_stay(bench):
    on_delete = {"updateStrategy": {"type": "OnDelete"}}
    bench.wait(bench.apply(stateful_set(**on_delete)))
    outcome = bench.wait(bench.apply(stateful_set(command=["sleep", "4000"], **on_delete)))
    assert outcome.result["failed"] is False, outcome.seen
    assert "OnDelete" in outcome.last["message"]


def test_a_stateful_set_is_blamed_for_its_claim(bench):
    outcome = bench.wait(bench.apply(stateful_set("fast")))
    assert outcome.last["reason"] == "MissingStorageClass", outcome.seen
    told = 'volume claim data-db-0 is not bound: there is no StorageClass "fast"'
    assert told in outcome.result["msg"]


def test_a_definition_whose_names_are_taken(bench, cluster_scoped):
    group = f"{secrets.token_hex(4)}.example.com"
    first = bench.wait(cluster_scoped(definition(group, "things")))
    assert first.last["reason"] == "Established", first.seen
    second = bench.wait(cluster_scoped(definition(group, "thingz")))
    assert second.last["status"] == "failed", second.seen
    assert '"ThingList" is already in use' in second.result["msg"]


@pytest.mark.parametrize("reports", [True, False])
def test_a_kind_with_a_status_must_report(bench, cluster_scoped, reports):
    """Where nobody reports, a kind with a status waits, and one without is there."""
    group = f"{secrets.token_hex(4)}.example.com"
    version = {"subresources": {"status": {}}} if reports else {}
    bench.wait(cluster_scoped(definition(group, "things", **version)))
    bench.client.discovery(refresh=True)
    thing = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "one"}}
    outcome = bench.wait(bench.apply(thing), timeout=2.0)
    assert outcome.result["failed"] is reports, outcome.seen
    expected = "its controller has not reported yet" if reports else "exists"
    assert outcome.last["message"] == expected


def test_a_namespace_that_cannot_end_names_what_holds_it(bench, client):
    held = named("ConfigMap", "held")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    bench.apply(held)
    home = f"/api/v1/namespaces/{bench.namespace}"
    try:
        client.request("DELETE", home)
        entry = bench.entry(named("Namespace", bench.namespace))
        outcome = bench.wait(entry, timeout=20.0)
        assert outcome.last["status"] == "terminating", outcome.seen
        assert "example.com/hold" in outcome.result["msg"]
    finally:
        client.request(
            "PATCH",
            bench.path(held),
            body={"metadata": {"finalizers": None}},
            content_type="application/merge-patch+json",
        )
