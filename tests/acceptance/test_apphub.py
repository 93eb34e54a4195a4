# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppHub: what shows without a cluster."""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

from tests.acceptance.systems import System, system

WORKERS = {
    "catalog-ingest": "ingestionWorker",
    "catalog-build": "buildWorker",
    "catalog-launch": "launchWorker",
    "catalog-workflow": "workflowWorker",
    "catalog-materializer": "assetMaterializerWorker",
    "catalog-examples": "exampleBundleWorker",
    "catalog-events": "eventIngressWorker",
    "catalog-triggers": "eventTriggerWorker",
}
OTHERS = {
    "catalog-api",
    "metastore",
    "filestore",
    "filestore-reconcile",
    "timestore",
    "timestore-ingest",
    "timestore-partition",
    "timestore-lifecycle",
    "frontend",
}
SECRETS = re.compile(r"(PASSWORD|SECRET(_ACCESS_KEY)?|TOKENS?|ACCESS_KEY_ID|(DATABASE|REDIS)_URL)$")


def test_ah_2_every_workload_is_rendered(apphub_dev: System) -> None:
    assert set(apphub_dev.of("Deployment")) == set(WORKERS) | OTHERS
    assert {"catalog-api", "metastore", "filestore", "timestore", "frontend"} <= set(
        apphub_dev.of("Service")
    )
    backends = {
        backend["name"]
        for route in apphub_dev.of("HTTPRoute").values()
        for rule in route["spec"]["rules"]
        for backend in rule["backendRefs"]
    }
    assert backends == {"catalog-api", "metastore", "frontend"}


def test_ah_6_secrets_are_references(apphub_dev: System) -> None:
    assert len(apphub_dev.secret("catalog-api")) >= 7
    for name in apphub_dev.of("Deployment"):
        plain = {key for key, value in apphub_dev.plain(name).items() if value}
        found = {key for key in plain if SECRETS.search(key)} - {"APPHUB_K8S_REGISTRY_SECRET"}
        assert not found, name
    for name, secret in apphub_dev.of("Secret").items():
        for key, value in secret["stringData"].items():
            known = ("user", "database", "host", "port", "username", "access_key")
            assert "${" in value or key in known, f"{name}.{key}"


def test_ah_7_urls_are_cluster_dns(apphub_dev: System) -> None:
    here = re.compile(r"localhost(?!:8080)|127\.0\.0\.1|::1")
    for name in apphub_dev.of("Deployment"):
        texts = {k: v for k, v in apphub_dev.plain(name).items() if ".localhost" not in v}
        assert not [key for key, value in texts.items() if here.search(value)], name
    env = apphub_dev.env("catalog-api")
    assert env["APPHUB_METASTORE_BASE_URL"] == "http://metastore:4100"
    assert env["APPHUB_FILESTORE_BASE_URL"] == "http://filestore:4300"
    assert env["APPHUB_TIMESTORE_BASE_URL"] == "http://timestore:4100"
    assert env["APPHUB_BUNDLE_STORAGE_ENDPOINT"].startswith("http://storage")
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == ("apphub-db/url", "queue/url")


def test_ah_12_tokens_only_where_the_api_is_called(apphub_dev: System) -> None:
    mounted = {
        name for name, pod in apphub_dev.pods().items() if pod["automountServiceAccountToken"]
    }
    assert mounted == {"catalog-build", "catalog-launch"}
    for name, account in (
        ("catalog-build", "apphub-builder"),
        ("catalog-launch", "apphub-preview"),
    ):
        assert apphub_dev.pods()[name]["serviceAccountName"] == account
        env = apphub_dev.env(name)
        assert env["APPHUB_K8S_NAMESPACE"] == apphub_dev.document["namespace"] == "apphub-system"
        assert env["APPHUB_K8S_BUILDER_SERVICE_ACCOUNT"] == "apphub-builder"
        assert env["APPHUB_K8S_LAUNCH_SERVICE_ACCOUNT"] in apphub_dev.of("ServiceAccount")
        assert env["APPHUB_K8S_LAUNCH_SERVICE_ACCOUNT"] not in apphub_dev.of("RoleBinding")


def test_ah_13_a_registry_secret_is_optional(apphub_dev: System, apphub_prod: System) -> None:
    accounts = apphub_dev.of("ServiceAccount").values()
    assert not any("imagePullSecrets" in one for one in [*accounts, *apphub_dev.pods().values()])
    assert not apphub_dev.env("catalog-build").get("APPHUB_K8S_REGISTRY_SECRET")
    for name in apphub_prod.of("Deployment"):
        account = apphub_prod.pods()[name]["serviceAccountName"]
        given = apphub_prod.object("ServiceAccount", account)["imagePullSecrets"]
        assert given == [{"name": "registry-credentials"}]
    build = apphub_prod.env("catalog-build")
    assert build["APPHUB_K8S_REGISTRY_SECRET"] == "registry-credentials"


def test_ah_14_it_fits_minikube(apphub_dev: System) -> None:
    deployments = apphub_dev.of("Deployment").values()
    assert {one["spec"]["replicas"] for one in deployments} == {1}
    cpu = memory = 0.0
    for owner, container in apphub_dev.containers():
        requests = container["resources"]["requests"]
        if owner not in apphub_dev.of("Job"):
            cpu += float(quantity(requests["cpu"]) or 0)
            memory += float(quantity(requests["memory"]) or 0)
    assert 0 < cpu <= 4
    assert 0 < memory <= 8 * 2**30


def test_ah_17_services_are_cluster_ip(apphub_dev: System) -> None:
    for service in apphub_dev.of("Service").values():
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"
        assert not [port for port in service["spec"]["ports"] if "nodePort" in port]
    for _owner, container in apphub_dev.containers():
        assert not [port for port in container.get("ports", []) if "hostPort" in port]


def test_ah_19_production_is_an_overlay(apphub_dev: System, apphub_prod: System) -> None:
    dev, prod = (one.container("catalog-api") for one in (apphub_dev, apphub_prod))
    assert prod["resources"]["requests"]["cpu"] == "1" != dev["resources"]["requests"]["cpu"]
    assert prod["image"].startswith("registry.example.com/")
    assert prod["args"] == dev["args"]
    assert apphub_prod.env("catalog-api")["APPHUB_AUTH_DISABLED"] == "false"
    assert apphub_prod.document["routes"]["frontend"]["origin"] == "https://apphub.example.com"
    cluster = apphub_prod.object("Cluster", "apphub-db")
    assert cluster["spec"]["storage"]["storageClass"] == "fast"


def test_ah_20_catalog_workers_are_one_template(apphub_dev: System) -> None:
    bare = [_without_differences(apphub_dev, name) for name in WORKERS]
    assert all(one == bare[0] for one in bare)
    for name, program in WORKERS.items():
        container = apphub_dev.container(name)
        assert container["args"] == ["node", f"services/catalog/dist/{program}.js"]
        assert "command" not in container  # its entry point is what makes the workers start


def _without_differences(whole: System, name: str) -> object:
    pod = whole.pods()[name]
    skipped = ("serviceAccountName", "automountServiceAccountToken", "containers")
    rest = {key: value for key, value in pod.items() if key not in skipped}
    differing = ("name", "args", "envFrom", "resources")
    container = {k: v for k, v in pod["containers"][0].items() if k not in differing}
    return rest, container


def test_it_resolves_where_no_workload_is_a_builder() -> None:
    off = "workloads: {catalog_build: {enabled: false}, catalog_launch: {enabled: false}}"
    assert "catalog-build" not in system("apphub", "dev", off).of("Deployment")
