# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Philotes: what shows without a cluster."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

from tests.acceptance.systems import System, system

UNITS = ("api", "worker", "lakekeeper")
LABELS = ("name", "instance", "component", "managed-by", "part-of")


def test_ph_1_each_unit_can_be_switched_off() -> None:
    elsewhere = (
        "config: {worker: {PHILOTES_ICEBERG_CATALOG_URL: https://lakekeeper.example.com}}\n"
        "workloads: {lakekeeper: {enabled: false}, prepare_warehouse: {enabled: false},"
        " worker: {needs: {prepare_warehouse: null}}}"
    )
    off = {
        "api": "workloads: {api: {enabled: false}}\nroutes: {api: {enabled: false}}",
        "worker": "workloads: {worker: {enabled: false}, prepare_source: {enabled: false}}",
        "lakekeeper": elsewhere,
    }
    for unit, change in off.items():
        whole = system("philotes", "dev", change)
        assert set(UNITS) - set(whole.of("Deployment")) == {unit}, whole.findings


def test_ph_1_what_refers_to_a_disabled_unit_is_told() -> None:
    whole = system("philotes", "dev", "workloads: {lakekeeper: {enabled: false}}")
    assert whole.told("lakekeeper", "disabled")


def test_ph_2_stores_are_optional(philotes_dev: System, philotes_prod: System) -> None:
    assert set(philotes_dev.of("StatefulSet")) == {
        "philotes-db",
        "lakekeeper-db",
        "source-db",
        "storage",
    }
    assert not philotes_prod.of("StatefulSet")
    assert set(UNITS) <= set(philotes_prod.of("Deployment"))


def test_ph_3_existing_secrets_are_read_and_not_made(
    philotes_dev: System, philotes_prod: System
) -> None:
    for unit in UNITS:
        assert philotes_dev.plain(unit)
        used = {source.split("/")[0] for source in philotes_dev.secret(unit).values()}
        assert used
        assert used <= set(philotes_dev.of("Secret"))
    external = {"philotes-db", "lakekeeper-db", "philotes-source", "philotes-storage"}
    assert not external & set(philotes_prod.of("Secret"))
    worker = philotes_prod.secret("worker")
    assert worker["PHILOTES_CDC_SOURCE_PASSWORD"] == "philotes-source/password"
    assert worker["PHILOTES_STORAGE_SECRET_KEY"] == "philotes-storage/secret_key"


def test_ph_4_services_and_the_route(philotes_dev: System, philotes_prod: System) -> None:
    for unit, port in zip(UNITS, (8080, 8081, 8181), strict=True):
        spec = philotes_dev.object("Service", unit)["spec"]
        assert spec.get("type", "ClusterIP") == "ClusterIP"
        assert [one["port"] for one in spec["ports"]] == [port]
    (ingress,) = philotes_prod.of("Ingress").values()
    assert ingress["spec"]["ingressClassName"] == "nginx"
    assert ingress["spec"]["rules"][0]["host"] == "philotes.example.com"
    assert ingress["spec"]["tls"][0]["hosts"] == ["philotes.example.com"]
    no_route = system(
        "philotes",
        "dev",
        "routes: {api: {enabled: false}}\n"
        "config: {api: {PHILOTES_API_BASE_URL: https://api.example.com}}",
    )
    assert no_route.of("Deployment")
    assert not no_route.of("HTTPRoute")


def test_ph_5_budgets(philotes_dev: System, philotes_prod: System) -> None:
    assert not philotes_dev.of("PodDisruptionBudget")
    budgets = philotes_prod.of("PodDisruptionBudget")
    assert {budgets[unit]["spec"]["minAvailable"] for unit in ("api", "lakekeeper")} == {1}
    off = system("philotes", "prod", "workloads: {api: {budget: false}}")
    assert "api" not in off.of("PodDisruptionBudget")


def test_ph_5_a_single_replica_is_warned_about() -> None:
    single = "workloads: {lakekeeper: {scale: {replicas: 1}, budget: {min_available: 1}}}"
    assert system("philotes", "staging", single).told("lakekeeper", "budget")


def test_ph_6_the_seeds_resources_are_defaults(philotes_staging: System) -> None:
    expected = {
        "api": ("100m", "128Mi", "500m", "512Mi"),
        "worker": ("200m", "256Mi", "1", "1Gi"),
        "lakekeeper": ("100m", "256Mi", "500m", "512Mi"),
    }
    assert {unit: _resources(philotes_staging, unit) for unit in UNITS} == expected
    change = "workloads: {api: {resources: {limits: {memory: 2Gi}}}}"
    assert _resources(system("philotes", "staging", change), "api")[3] == "2Gi"


def test_ph_8_keda_scales_the_worker_by_its_lag(philotes_prod: System) -> None:
    scaled = philotes_prod.object("ScaledObject", "worker")["spec"]
    assert (scaled["pollingInterval"], scaled["cooldownPeriod"]) == (30, 300)
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (1, 1)
    (trigger,) = scaled["triggers"]
    assert trigger["type"] == "postgresql"
    assert "pg_wal_lsn_diff" in trigger["metadata"]["query"]
    reference = trigger["authenticationRef"]["name"]
    authentication = philotes_prod.object("TriggerAuthentication", reference)
    (target,) = authentication["spec"]["secretTargetRef"]
    assert target["parameter"] == "connection"
    assert "replicas" not in philotes_prod.object("Deployment", "worker")["spec"]
    assert "worker" not in philotes_prod.of("HorizontalPodAutoscaler")


def test_ph_9_policies_follow_the_references(philotes_staging: System) -> None:
    for unit in UNITS:
        ports = _egress_ports(philotes_staging, unit)
        wanted = {"api": {53, 5432}, "worker": {53, 5432, 8181}, "lakekeeper": {53, 5432}}[unit]
        assert wanted <= ports, unit
    storage = philotes_staging.container("storage")["ports"][0]["containerPort"]
    assert storage in _egress_ports(philotes_staging, "worker")
    assert storage not in _egress_ports(philotes_staging, "api")
    sources = [
        source
        for policy in _policies(philotes_staging, "api")
        for rule in policy["spec"].get("ingress", [])
        for source in rule.get("from", [])
    ]
    assert any("namespaceSelector" in source for source in sources)


def test_ph_10_metrics_are_scraped_where_they_are(
    philotes_dev: System, philotes_prod: System
) -> None:
    assert not philotes_dev.of("ServiceMonitor")
    (endpoint,) = philotes_prod.object("ServiceMonitor", "api")["spec"]["endpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    (port,) = philotes_prod.object("Service", "api")["spec"]["ports"]
    assert (port["name"], port["port"]) == ("http", 8080)
    assert set(philotes_prod.of("ServiceMonitor")) == {"api"}  # the worker has no metrics


def test_ph_11_replicas_of_the_api(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    assert philotes_dev.object("Deployment", "api")["spec"]["replicas"] == 1
    assert [
        one.object("HorizontalPodAutoscaler", "api")["spec"]["minReplicas"]
        for one in (philotes_staging, philotes_prod)
    ] == [2, 3]


def test_ph_12_one_worker_per_slot(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    for whole in (philotes_dev, philotes_staging, philotes_prod):
        spec = whole.object("Deployment", "worker")["spec"]
        assert spec["strategy"]["type"] == "Recreate"
        assert spec.get("replicas", 1) == 1
    assert philotes_prod.object("ScaledObject", "worker")["spec"]["maxReplicaCount"] == 1


def test_ph_13_autoscaling_of_the_api(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    assert not philotes_dev.of("HorizontalPodAutoscaler")
    for whole in (philotes_staging, philotes_prod):
        scaler = whole.object("HorizontalPodAutoscaler", "api")["spec"]
        assert scaler["maxReplicas"] == 10
        metrics = {one["resource"]["name"]: one["resource"]["target"] for one in scaler["metrics"]}
        assert metrics["cpu"]["averageUtilization"] == 80
        assert "memory" in metrics
        assert "replicas" not in whole.object("Deployment", "api")["spec"]


def test_ph_14_keda_is_for_production(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    tiers = (philotes_dev, philotes_staging, philotes_prod)
    assert [bool(one.of("ScaledObject")) for one in tiers] == [False, False, True]


def test_ph_15_policies_from_staging_on(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    tiers = (philotes_dev, philotes_staging, philotes_prod)
    assert [bool(one.of("NetworkPolicy")) for one in tiers] == [False, True, True]


@pytest.mark.parametrize("unit", UNITS)
def test_ph_16_resources_grow(
    philotes_dev: System, philotes_staging: System, philotes_prod: System, unit: str
) -> None:
    low, medium, high = (
        [quantity(one) or 0 for one in _resources(whole, unit)]
        for whole in (philotes_dev, philotes_staging, philotes_prod)
    )
    assert all(a < b < c for a, b, c in zip(low, medium, high, strict=True))


def test_ph_17_tls_from_staging_on(
    philotes_dev: System, philotes_staging: System, philotes_prod: System
) -> None:
    assert philotes_dev.document["routes"]["api"]["origin"].startswith("http://")
    for whole in (philotes_staging, philotes_prod):
        (ingress,) = whole.of("Ingress").values()
        assert ingress["spec"]["tls"][0]["secretName"]
        assert whole.document["routes"]["api"]["origin"].startswith("https://")


def test_ph_19_labels_and_selectors(philotes_prod: System) -> None:
    for unit in UNITS:
        deployment = philotes_prod.object("Deployment", unit)
        labels = deployment["metadata"]["labels"]
        assert {f"app.kubernetes.io/{label}" for label in LABELS} <= set(labels)
        assert labels["app.kubernetes.io/version"] in philotes_prod.container(unit)["image"]
        selector = deployment["spec"]["selector"]["matchLabels"]
        pod = deployment["spec"]["template"]["metadata"]["labels"]
        assert selector.items() <= pod.items()
        assert set(selector) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


def test_ph_20_an_account_per_unit(philotes_dev: System) -> None:
    accounts = {philotes_dev.pods()[unit]["serviceAccountName"] for unit in UNITS}
    assert len(accounts) == 3
    assert accounts <= set(philotes_dev.of("ServiceAccount"))


def test_ph_21_values_are_the_real_variables(philotes_dev: System) -> None:
    api, worker = philotes_dev.env("api"), philotes_dev.env("worker")
    assert {
        "PHILOTES_API_LISTEN_ADDR": ":8080",
        "PHILOTES_API_READ_TIMEOUT": "15s",
        "PHILOTES_API_WRITE_TIMEOUT": "15s",
        "PHILOTES_API_CORS_ORIGINS": "*",
        "PHILOTES_API_RATE_LIMIT_RPS": "100",
        "PHILOTES_DB_HOST": "philotes-db",
        "PHILOTES_DB_PORT": "5432",
        "PHILOTES_DB_NAME": "philotes",
        "PHILOTES_DB_USER": "philotes",
    }.items() <= api.items()
    assert {
        "PHILOTES_CDC_BUFFER_SIZE": "10000",
        "PHILOTES_CDC_BATCH_SIZE": "1000",
        "PHILOTES_CDC_FLUSH_INTERVAL": "5s",
        "PHILOTES_CDC_SOURCE_HOST": "source-db",
        "PHILOTES_CDC_SOURCE_PORT": "5432",
        "PHILOTES_STORAGE_BUCKET": "philotes",
        "PHILOTES_ICEBERG_CATALOG_URL": "http://lakekeeper:8181",
        "PHILOTES_ICEBERG_WAREHOUSE": "philotes",
    }.items() <= worker.items()
    assert "://" not in worker["PHILOTES_STORAGE_ENDPOINT"]  # host and port, as its client wants
    lakekeeper = philotes_dev.env("lakekeeper")
    assert lakekeeper["LAKEKEEPER__PG_DATABASE_URL_WRITE"] == "lakekeeper-db/url"
    assert lakekeeper["LAKEKEEPER__BASE_URI"] == "http://lakekeeper:8181"
    assert all("__PG__" not in name for name in lakekeeper)


def _resources(whole: System, unit: str) -> tuple[str, str, str, str]:
    found = whole.container(unit)["resources"]
    requests, limits = found["requests"], found["limits"]
    return requests["cpu"], requests["memory"], limits["cpu"], limits["memory"]


def _policies(whole: System, unit: str) -> list[dict[str, Any]]:
    return [
        policy
        for policy in whole.of("NetworkPolicy").values()
        if policy["spec"]["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/name")
        in (unit, None)
    ]


def _egress_ports(whole: System, unit: str) -> set[int]:
    return {
        port["port"]
        for policy in _policies(whole, unit)
        for rule in policy["spec"].get("egress", [])
        for port in rule.get("ports", [])
    }
