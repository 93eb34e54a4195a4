# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network policies: who may talk to whom, read back from the rendered objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.models.test_models import objects, pod_specs

USERS, DB = "users-api", "users-db"
SPACE = "kubernetes.io/metadata.name"


@pytest.fixture
def strict(document: dict[str, Any]) -> dict[str, Any]:
    """Return a stack that wants policies."""
    document["network"]["policies"] = True
    return document


def policy(document: dict[str, Any], name: str) -> Any:
    """Return the spec of a policy."""
    return objects(document, "infra")["NetworkPolicy", name]["spec"]


def doors(rules: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Return the pods, namespaces and addresses of some rules, each with a port."""
    return {
        (_named(peer), port["port"])
        for rule in rules
        for peer in rule.get("from", []) + rule.get("to", [])
        for port in rule["ports"]
    }


def _named(peer: dict[str, Any]) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    space = peer.get("namespaceSelector", {}).get("matchLabels", {})
    return str(space.get(SPACE) or labels.get("app.kubernetes.io/name") or "*")


def test_none_where_nobody_wants_them(document: dict[str, Any]) -> None:
    assert not [key for key in objects(document, "infra") if key[0] == "NetworkPolicy"]


def test_everything_else_is_forbidden(strict: dict[str, Any]) -> None:
    deny = policy(strict, "default-deny")
    assert deny["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in deny
    assert "egress" not in deny
    labels = deny["podSelector"]["matchLabels"]
    for one in objects(strict, "workloads").values():
        if one["kind"] == "Deployment":
            assert labels.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    assert pod_specs(strict)


def test_a_workload(strict: dict[str, Any]) -> None:
    found = policy(strict, USERS)
    assert doors(found["ingress"]) == {("gateway-system", 3001)}
    assert doors(found["egress"]) == {("kube-system", 53), (DB, 5432)}


def test_a_database_and_what_prepares_it(strict: dict[str, Any]) -> None:
    found = policy(strict, DB)
    assert doors(found["ingress"]) == {
        (USERS, 5432),
        ("migrate-users", 5432),
        ("users-db-bootstrap", 5432),
    }
    assert "egress" not in found
    assert doors(policy(strict, "users-db-bootstrap")["egress"]) == {
        ("kube-system", 53),
        (DB, 5432),
    }
    assert doors(policy(strict, "migrate-users")["egress"]) == {("kube-system", 53), (DB, 5432)}


def test_every_pod_has_a_policy_that_selects_it(strict: dict[str, Any]) -> None:
    found = objects(strict, "infra")
    policies = [one["spec"] for key, one in found.items() if key[0] == "NetworkPolicy"]
    owners = [*found.values(), *objects(strict, "workloads").values()]
    for owner in owners:
        labels = owner.get("spec", {}).get("template", {}).get("metadata", {}).get("labels")
        if labels:
            chosen = [
                one["podSelector"]["matchLabels"].items() <= labels.items() for one in policies
            ]
            assert sum(chosen) == 2, "its own, and the one that denies the rest"


def test_workloads_that_call_each_other(strict: dict[str, Any]) -> None:
    strict["workloads"]["web"] = {**strict["workloads"]["users_api"], "ports": {"http": 80}}
    strict["links"].append(["workloads.web", "workloads.users_api"])
    assert ("web", 3001) in doors(policy(strict, USERS)["ingress"])
    assert (USERS, 3001) in doors(policy(strict, "web")["egress"])


@pytest.mark.parametrize(
    ("cidr", "to"),
    [("203.0.113.0/24", {("203.0.113.0/24", 443)}), ("", {("0.0.0.0/0", 443), ("::/0", 443)})],
)
def test_what_is_outside(strict: dict[str, Any], cidr: str, to: Any) -> None:
    strict["external"]["stripe"]["cidr"] = cidr
    strict["links"].append(["workloads.users_api", "external.stripe"])
    assert to <= doors(policy(strict, USERS)["egress"])


def test_an_external_database(strict: dict[str, Any]) -> None:
    store = strict["datastores"]["users_db"]
    store.update(driver="external", host="db.example.com", port=6432)
    assert ("0.0.0.0/0", 6432) in doors(policy(strict, USERS)["egress"])
    store["cidr"] = "192.0.2.7/32"
    assert ("192.0.2.7/32", 6432) in doors(policy(strict, USERS)["egress"])
    assert ("NetworkPolicy", DB) not in objects(strict, "infra")


def test_an_operator_and_its_instances(strict: dict[str, Any]) -> None:
    strict["datastores"]["users_db"].update(driver="operator", host="users-db-rw")
    found = policy(strict, DB)
    assert found["podSelector"] == {"matchLabels": {"cnpg.io/cluster": DB}}
    assert found["policyTypes"] == ["Ingress"]
    with_ports = [rule for rule in found["ingress"] if "ports" in rule]
    assert ("cnpg-system", 8000) in doors(with_ports)
    assert {"from": [{"podSelector": found["podSelector"]}]} in found["ingress"]


def test_metrics_are_asked_for(strict: dict[str, Any]) -> None:
    spec = strict["workloads"]["users_api"]
    spec["metrics"] = {"port": "http", "path": "/metrics", "interval": 30}
    assert ("monitoring", 3001) not in doors(policy(strict, USERS)["ingress"])
    strict["metrics"] = {"driver": "servicemonitor", "labels": {"release": "prometheus"}}
    assert ("monitoring", 3001) in doors(policy(strict, USERS)["ingress"])
    monitor = objects(strict, "workloads")["ServiceMonitor", USERS]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["endpoints"] == [{"port": "http", "path": "/metrics", "interval": "30s"}]
    service = objects(strict, "workloads")["Service", USERS]
    wanted = monitor["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= service["metadata"]["labels"].items()


def test_rights_in_the_cluster_open_the_way_to_its_server(strict: dict[str, Any]) -> None:
    rule = {"groups": [""], "resources": ["pods"], "names": [], "verbs": ["get"], "urls": []}
    account = {"rules": [rule], "cluster": False, "annotations": {}, "pods": "restricted"}
    strict["accounts"] = {"builder": account}
    strict["workloads"]["users_api"]["account"] = "builder"
    strict["network"]["api_server"] = {"cidr": "10.0.0.1/32", "ports": [6443]}
    assert ("10.0.0.1/32", 6443) in doors(policy(strict, USERS)["egress"])


def test_an_autoscaler_that_asks_the_database(strict: dict[str, Any]) -> None:
    strict["workloads"]["users_api"]["scale"] = {
        "min": 1,
        "max": 2,
        "polling": 30,
        "cooldown": 300,
        "triggers": {"lag": {"type": "postgresql", "metadata": {}, "auth": {}}},
    }
    assert ("keda", 5432) in doors(policy(strict, DB)["ingress"])


def test_a_dns_server_that_is_no_pod(strict: dict[str, Any]) -> None:
    strict["network"]["dns"]["cidr"] = "169.254.20.10/32"
    assert ("169.254.20.10/32", 53) in doors(policy(strict, USERS)["egress"])


def test_a_controller_that_nobody_names_may_be_anywhere(strict: dict[str, Any]) -> None:
    strict["network"]["controller"] = {"namespace": "", "labels": {}}
    assert policy(strict, USERS)["ingress"][0]["from"] == [{"namespaceSelector": {}}]
