# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the models decide, seen on the objects that the templates make of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import (
    UNKNOWN_MARKER,
    RenderError,
    render,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.surroundings import hook

MARKERS = {"migrate_users": "mg-migrate-users-0123456789ab"}


def objects(document: dict[str, Any], role: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the objects of a role by kind and name."""
    found = render(role, build(document)[role], MARKERS)
    return {(item["kind"], item["metadata"]["name"]): item for item in found}


def deployment(document: dict[str, Any]) -> dict[str, Any]:
    """Return the one Deployment of the stack."""
    return objects(document, "workloads")["Deployment", "users-api"]


def container(workload: dict[str, Any]) -> dict[str, Any]:
    """Return the one container of a workload."""
    return workload["spec"]["template"]["spec"]["containers"][0]


def job(document: dict[str, Any]) -> dict[str, Any]:
    """Return the Job of the one migration."""
    return render("migrations", [build(document)["migrations"][0]["job"]], {})[0]


def bootstrap_job(document: dict[str, Any]) -> dict[str, Any]:
    """Return the Job that prepares the one database."""
    return next(one for key, one in objects(document, "infra").items() if key[0] == "Job")


def pod_specs(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the specs of all pods of the stack."""
    infra = objects(document, "infra")
    prepare = bootstrap_job(document)
    owners = [infra["StatefulSet", "users-db"], deployment(document), job(document), prepare]
    return [owner["spec"]["template"]["spec"] for owner in owners]


def test_each_role_has_the_objects_of_its_phase(document: dict[str, Any]) -> None:
    config = deployment(document)["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]
    assert set(objects(document, "infra")) == {
        ("Namespace", "shop-dev"),
        ("Secret", "auth"),
        ("ServiceAccount", "users-db"),
        ("Secret", "users-db"),
        ("Secret", "users-db-admin"),
        ("ConfigMap", "users-db-bootstrap"),
        ("Service", "users-db"),
        ("StatefulSet", "users-db"),
        ("Job", "users-db-bootstrap"),
        ("ServiceAccount", "migrate-users"),
    }
    assert set(objects(document, "workloads")) == {
        ("Secret", "shop-restart-key"),
        ("ServiceAccount", "users-api"),
        ("ConfigMap", config["configMapRef"]["name"]),
        ("Service", "users-api"),
        ("Deployment", "users-api"),
    }
    assert set(objects(document, "ingress")) == {("HTTPRoute", "web")}


def test_selectors_are_frozen(document: dict[str, Any]) -> None:
    """They are immutable in the cluster: a change here breaks every upgrade."""
    expected = {"app.kubernetes.io/name": "users-api", "app.kubernetes.io/instance": "shop"}
    assert deployment(document)["spec"]["selector"] == {"matchLabels": expected}
    assert objects(document, "workloads")["Service", "users-api"]["spec"]["selector"] == expected


def test_selectors_match_their_pods(document: dict[str, Any]) -> None:
    for workload in (deployment(document), objects(document, "infra")["StatefulSet", "users-db"]):
        wanted = workload["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= workload["spec"]["template"]["metadata"]["labels"].items()


def test_every_pod_is_restricted(document: dict[str, Any]) -> None:
    for pod in pod_specs(document):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        for item in pod["containers"]:
            assert item["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert item["resources"]["limits"] == {"memory": "128Mi"}


def test_plain_values_are_in_a_config_map_named_by_its_content(document: dict[str, Any]) -> None:
    before = container(deployment(document))["envFrom"][0]["configMapRef"]["name"]
    document["workloads"]["users_api"]["env"]["PORT"]["value"] = "3002"
    after = container(deployment(document))["envFrom"][0]["configMapRef"]["name"]
    config = objects(document, "workloads")["ConfigMap", after]
    assert before != after
    assert config["immutable"] is True
    assert config["data"] == {"PORT": "3002"}


def test_no_secret_value_in_any_object(document: dict[str, Any]) -> None:
    secret = objects(document, "infra")["Secret", "users-db"]
    assert secret["stringData"]["password"] == "${generate:32}"
    assert secret["metadata"]["annotations"] == {"slipway.dev/claim": "data-users-db-0"}
    entry = next(e for e in container(deployment(document))["env"] if e["name"] == "DATABASE_URL")
    assert entry["valueFrom"] == {"secretKeyRef": {"name": "users-db", "key": "url"}}


def test_pods_of_the_workload_wait_for_the_marker(document: dict[str, Any]) -> None:
    gate = next(e for e in container(deployment(document))["env"] if e["name"] == "MIGRATION_GATE")
    reference = {"name": MARKERS["migrate_users"], "key": "passed"}
    assert gate["valueFrom"] == {"configMapKeyRef": reference}
    assert "MIGRATION_GATE" not in json.dumps(job(document))


def test_two_migrations_have_a_marker_each(document: dict[str, Any]) -> None:
    document["workloads"]["users_api"]["migrations"] = ["migrate_users", "migrate_audit"]
    models = build(document)["workloads"]
    markers = {**MARKERS, "migrate_audit": ""}
    found = next(o for o in render("workloads", models, markers) if o["kind"] == "Deployment")
    gates = {
        e["name"]: e["valueFrom"]["configMapKeyRef"]["name"]
        for e in container(found)["env"]
        if e["name"].startswith("MIGRATION_GATE_")
    }
    assert gates == {
        "MIGRATION_GATE_MIGRATE_USERS": MARKERS["migrate_users"],
        "MIGRATION_GATE_MIGRATE_AUDIT": UNKNOWN_MARKER,
    }


def test_probes_and_shutdown(document: dict[str, Any]) -> None:
    spec = deployment(document)["spec"]
    item = container(deployment(document))
    assert item["startupProbe"]["failureThreshold"] * item["startupProbe"]["periodSeconds"] == 90
    assert item["readinessProbe"]["httpGet"] == {"path": "/healthz?ready=1", "port": "http"}
    assert item["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert item["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == 20
    assert spec["progressDeadlineSeconds"] == 150


def test_before_1_30_the_sleep_is_a_command(document: dict[str, Any]) -> None:
    document["kubernetes"] = "1.29"
    assert container(deployment(document))["lifecycle"] == {
        "preStop": {"exec": {"command": ["sleep", "5"]}}
    }


@pytest.mark.parametrize(
    ("health", "handler"),
    [
        ({"exec": ["app", "ping"]}, {"exec": {"command": ["app", "ping"]}}),
        ({"tcp": "http"}, {"tcpSocket": {"port": "http"}}),
        (
            {"port": "http", "live": {"path": "/up"}, "host": "shop.example.com"},
            {
                "httpGet": {
                    "path": "/up",
                    "port": "http",
                    "httpHeaders": [{"name": "Host", "value": "shop.example.com"}],
                }
            },
        ),
    ],
)
def test_probe_handlers(
    document: dict[str, Any], health: dict[str, Any], handler: dict[str, Any]
) -> None:
    document["workloads"]["users_api"]["health"] = health
    probe = container(deployment(document))["livenessProbe"]
    assert handler.items() <= probe.items()


def test_pods_spread_where_there_are_nodes(document: dict[str, Any]) -> None:
    assert "topologySpreadConstraints" not in deployment(document)["spec"]["template"]["spec"]
    document["preset"] = "production"
    spread = deployment(document)["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert [rule["topologyKey"] for rule in spread] == [
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    ]


def test_an_external_datastore_has_no_objects(document: dict[str, Any]) -> None:
    document["datastores"]["users_db"].update(driver="external", incarnation="rds-1")
    assert not [key for key in objects(document, "infra") if key[1] == "users-db"]
    assert build(document)["migrations"][0]["database"] == {
        "id": "shop-dev/users-db",
        "claims": [],
        "incarnation": "rds-1",
    }


@pytest.mark.parametrize("driver", ["external", "operator"])
def test_a_database_without_claims_of_ours_is_known_by_its_host(
    document: dict[str, Any], driver: str
) -> None:
    """The gate refuses one of which nothing tells whether it was made anew."""
    document["datastores"]["users_db"].update(driver=driver, host="db.example.com", incarnation="")
    (gate,) = build(document)["migrations"]
    assert gate["database"] == {
        "id": "shop-dev/users-db",
        "claims": [],
        "incarnation": "db.example.com",
    }


def test_a_digest_wins_over_a_tag(document: dict[str, Any]) -> None:
    document["images"]["app"]["digest"] = "sha256:" + "0" * 64
    assert container(deployment(document))["image"] == "acme/shop@sha256:" + "0" * 64


def test_ingress_driver(document: dict[str, Any]) -> None:
    document["ingress"]["driver"] = "ingress"
    rule = objects(document, "ingress")["Ingress", "web"]["spec"]["rules"][0]
    assert rule["host"] == "shop.localhost"
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "users-api", "port": {"number": 3001}}


def test_nothing_is_exposed_without_a_driver(document: dict[str, Any]) -> None:
    document["ingress"]["driver"] = "none"
    assert objects(document, "ingress") == {}
    assert build(document)["checks"] == []


def test_verify_asks_the_liveness_path_through_the_route(document: dict[str, Any]) -> None:
    web = {"what": "route", "name": "web", "address": "127.0.0.1:8080"}
    assert build(document)["checks"] == [{**web, "url": "http://shop.localhost:8080/healthz"}]
    document["routes"]["web"]["path"] = "/shop"
    assert build(document)["checks"][0]["url"] == "http://shop.localhost:8080/shop"


def test_verify_asks_what_the_stack_names(document: dict[str, Any]) -> None:
    said = {"route": "web", "path": "/buy?a=1", "json": {"a": 1}, "status": [201]}
    streamed = {"route": "web", "path": "/chat", "stream": {"chunks": 3, "within": "5s"}}
    document["verify"] = {"buy": hook(said), "chat": hook(streamed)}
    _route, buy, chat = build(document)["checks"]
    assert buy == {
        "what": "hook",
        "name": "buy",
        "url": "http://shop.localhost:8080/buy?a=1",
        "address": "127.0.0.1:8080",
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": '{"a": 1}',
        "status": [201],
        "contains": "",
    }
    assert (chat["method"], chat["headers"]) == ("GET", {})
    assert chat["stream"] == {"min_chunks": 3, "within": 5}


def test_values_survive_yaml(document: dict[str, Any]) -> None:
    """YAML would read these as a number, a boolean, a comment and a second key."""
    values = {"A": "0123456", "B": "no", "C": "a # b", "D": "x\ny: z", "E": "{{ not ours }}"}
    document["workloads"]["users_api"]["env"] = {k: {"value": v} for k, v in values.items()}
    name = container(deployment(document))["envFrom"][0]["configMapRef"]["name"]
    assert objects(document, "workloads")["ConfigMap", name]["data"] == values


def test_a_job_gets_its_values_unexpanded(document: dict[str, Any]) -> None:
    """Kubernetes would replace $(HOME) in a literal value."""
    document["migrations"]["migrate_users"]["env"] = {"A": {"value": "$(HOME) $HOME"}}
    assert container(job(document))["env"] == [{"name": "A", "value": "$$(HOME) $HOME"}]


def test_writable_paths_have_a_volume_each(document: dict[str, Any]) -> None:
    document["workloads"]["users_api"]["write"] = ["/a/b", "/a-b"]
    spec = deployment(document)["spec"]["template"]["spec"]
    mounted = {
        mount["name"]: mount["mountPath"]
        for mount in container(deployment(document))["volumeMounts"]
    }
    assert sorted(mounted.values()) == ["/a-b", "/a/b"]
    assert {volume["name"] for volume in spec["volumes"]} == set(mounted)


def test_same_document_same_bytes(document: dict[str, Any]) -> None:
    def digest() -> str:
        content = json.dumps(list(objects(document, "workloads").values()))
        return hashlib.sha256(content.encode()).hexdigest()

    assert digest() == digest()


def test_a_model_that_does_not_fit_its_template_is_named() -> None:
    with pytest.raises(RenderError, match=r"service\.yaml\.j2 cannot render api: 'selector'"):
        render(
            "workloads",
            [{"template": "service", "name": "api", "namespace": "n", "labels": {}, "ports": {}}],
            {},
        )
