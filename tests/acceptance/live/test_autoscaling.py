# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Autoscalers that really measure: metrics-server and KEDA of `python3 cluster addons`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.live.alone import SMALL, Alone, alone, need_addon, sampled, says
from tests.acceptance.live.deployed import eventually

METRICS = "/apis/metrics.k8s.io/v1beta1/nodes"
EXTERNAL = "/apis/external.metrics.k8s.io/v1beta1"
OFF = {"enabled": False}
# What is measured needs a little more than what only has to be there.
MEASURED = {
    "resources": {"requests": {"cpu": "5m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
}
# One percent: whatever runs uses more, so that the HPA chooses its maximum by what it measures.
EAGER = {"min": 2, "max": 3, "cpu": 1}
LAG = """
select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)
from pg_replication_slots where slot_name = 'philotes_cdc'
"""


@pytest.fixture(scope="module")
def api() -> Iterator[Alone]:
    """Deploy the API of Philotes and its database, scaled as the criterion says."""
    need_addon("metrics-server", METRICS)
    others = ("worker", "lakekeeper", "prepare_source", "prepare_warehouse")
    scale = {"min": 2, "max": 10, "cpu": 80, "memory": 80}
    with alone(
        "philotes",
        sites={"philotes": {"host": "philotes-scaled.localhost"}},
        datastores={
            "philotes_db": {"version": "15", **SMALL},
            **dict.fromkeys(("lakekeeper_db", "source_db", "storage")),
        },
        migrations={"migrate_lakekeeper": OFF},
        workloads={**dict.fromkeys(others, OFF), "api": {"scale": scale, **MEASURED}},
    ) as system:
        system.site().succeeded()
        yield system


@pytest.fixture(scope="module")
def starter() -> Iterator[Alone]:
    """Deploy the SaaS starter, which scales as its stack file says."""
    need_addon("metrics-server", METRICS)
    with alone(
        "starter",
        sites={"app": {"host": "starter-scaled.localhost"}},
        datastores={
            "starter_db": {"version": "15", "max_connections": 150, **SMALL},
            "cache": SMALL,
        },
        workloads={"api": MEASURED, "web": MEASURED},
    ) as system:
        system.site().succeeded()
        yield system


@pytest.fixture(scope="module")
def worker() -> Iterator[Alone]:
    """Deploy the worker of Philotes with its source, watched by KEDA."""
    need_addon("keda", EXTERNAL)
    lag = {
        "type": "postgresql",
        "metadata": {"query": " ".join(LAG.split()), "targetQueryValue": "10000000"},
        "auth": {"connection": "${source_db.url}"},
    }
    scale = {"min": 1, "max": 1, "polling": "30s", "cooldown": "300s", "triggers": {"lag": lag}}
    with alone(
        "philotes",
        sites={},
        routes={"api": OFF},
        datastores={
            "philotes_db": {"version": "15", **SMALL},
            "lakekeeper_db": None,
            "source_db": SMALL,
            "storage": SMALL,
        },
        migrations={"migrate_lakekeeper": OFF},
        config={"worker": {"PHILOTES_ICEBERG_CATALOG_URL": "https://lakekeeper.example.com"}},
        workloads={
            **dict.fromkeys(("api", "lakekeeper", "prepare_warehouse"), OFF),
            "worker": {"scale": scale, "needs": {"prepare_warehouse": None}, **MEASURED},
            "prepare_source": MEASURED,
        },
    ) as system:
        system.site().succeeded()
        yield system


def measured(system: Alone, name: str) -> dict[str, int]:
    """Return what the HPA of a workload measured last, in percent of the requests."""
    current = system.scaler(name)["status"].get("currentMetrics") or []
    return {
        one["resource"]["name"]: one["resource"]["current"]["averageUtilization"]
        for one in current
        if one["type"] == "Resource" and "averageUtilization" in one["resource"]["current"]
    }


def targets(system: Alone, name: str) -> dict[str, int]:
    """Return what the HPA of a workload aims at."""
    return {
        one["resource"]["name"]: one["resource"]["target"]["averageUtilization"]
        for one in system.scaler(name)["spec"]["metrics"]
    }


def limits(system: Alone, name: str) -> tuple[int, int]:
    """Return between which numbers the HPA of a workload may choose."""
    spec = system.scaler(name)["spec"]
    return spec["minReplicas"], spec["maxReplicas"]


def chosen(system: Alone, name: str, number: int) -> None:
    """Wait until the HPA has chosen a number, and as many pods are there."""

    def holds() -> bool:
        pods = system.get("apps/v1", f"deployments/{name}")["status"].get("readyReplicas")
        return system.scaler(name)["status"]["desiredReplicas"] == pods == number

    eventually(holds, f"{number} pods of {name} by its HPA", 180)


def test_ph_7_the_api_is_scaled_by_what_is_measured(api: Alone) -> None:
    assert limits(api, "api") == (2, 10)
    assert targets(api, "api") == {"cpu": 80, "memory": 80}
    eventually(lambda: measured(api, "api").keys() == {"cpu", "memory"}, "both are measured", 180)
    assert says(api.scaler("api"), "ScalingActive") == "True"
    eventually(lambda: api.replicas("api") >= 2, "the HPA's minimum", 180)


def test_ph_7_a_redeploy_keeps_what_the_hpa_chose(api: Alone) -> None:
    eager: dict[str, Any] = {"workloads": {"api": {"scale": {**EAGER, "memory": 90}}}}
    api.site(**eager).succeeded()
    chosen(api, "api", 3)
    with sampled(lambda: api.replicas("api")) as samples:
        again = api.site(**eager, config={"api": {"PHILOTES_API_RATE_LIMIT_RPS": "50"}})
    assert again.succeeded().changed > 0
    assert samples.values == [3], again.output


def test_ph_7_control_a_reset_would_be_seen(api: Alone) -> None:
    path = f"/apis/apps/v1/namespaces/{api.namespace}/deployments/api"
    chosen(api, "api", 3)
    with sampled(lambda: api.replicas("api")) as samples:
        patch = {"spec": {"replicas": 2}}
        api.client.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
        eventually(lambda: 2 in samples.values, "a sample of the reset", 180)
        chosen(api, "api", 3)
    assert samples.values == [3, 2, 3]


def test_ph_8_keda_reads_the_lag_and_scales_the_worker(worker: Alone) -> None:
    scaled = worker.get("keda.sh/v1alpha1", "scaledobjects/worker")
    assert (scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (1, 1)
    assert says(scaled, "Ready") == "True", scaled
    (name,) = scaled["status"]["externalMetricNames"]
    selector = "scaledobject.keda.sh%2Fname%3Dworker"
    path = f"{EXTERNAL}/namespaces/{worker.namespace}/{name}?labelSelector={selector}"
    (metric,) = worker.client.request("GET", path)["items"]
    assert metric["value"].rstrip("mkKMGi").isdigit(), metric


def test_ph_8_the_only_autoscaler_of_the_worker_is_kedas(worker: Alone) -> None:
    (scaler,) = worker.get("autoscaling/v2", "horizontalpodautoscalers")["items"]
    assert [one["kind"] for one in scaler["metadata"]["ownerReferences"]] == ["ScaledObject"]
    eventually(
        lambda: says(worker.scaler("worker"), "ScalingActive") == "True",
        "KEDA's HPA gets the lag",
        180,
    )
    deployment = worker.get("apps/v1", "deployments/worker")
    ours = [
        entry["fieldsV1"]["f:spec"]
        for entry in deployment["metadata"]["managedFields"]
        if entry["manager"] == "slipway" and "f:spec" in entry["fieldsV1"]
    ]
    assert ours
    assert not any("f:replicas" in fields for fields in ours)


def test_ph_8_a_second_run_changes_nothing(worker: Alone) -> None:
    again = worker.site().succeeded()
    assert again.changed == 0, again.output


@pytest.mark.parametrize("name", ["api", "web"])
def test_st_5_both_are_scaled_by_what_is_measured(starter: Alone, name: str) -> None:
    assert limits(starter, name) == (2, 10)
    assert targets(starter, name) == {"cpu": 80}
    eventually(lambda: measured(starter, name).keys() == {"cpu"}, "its CPU is measured", 180)
    assert says(starter.scaler(name), "ScalingActive") == "True"


def test_st_5_limits_of_their_own_survive_a_redeploy(starter: Alone) -> None:
    eager: dict[str, Any] = {"workloads": {"web": {"scale": EAGER}}}
    starter.site(**eager).succeeded()
    chosen(starter, "web", 3)
    assert (limits(starter, "api"), limits(starter, "web")) == ((2, 10), (2, 3))
    with sampled(lambda: starter.replicas("web")) as samples:
        changed = {"web": {"env": {"AGENT_FORCE_SECURE_COOKIES": "true"}, "scale": EAGER}}
        again = starter.site(workloads=changed).succeeded()
    assert again.changed > 0
    assert samples.values == [3], again.output
    assert starter.replicas("api") >= 2
