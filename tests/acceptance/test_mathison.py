# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mathison: what shows without a cluster."""

from __future__ import annotations

from typing import Any

import yaml

from tests.acceptance.systems import ROOT, System, system

NGINX = "nginx.ingress.kubernetes.io/"


def test_ma_2_it_migrates_then_seeds(mathison_dev: System) -> None:
    assert [one["name"] for one in mathison_dev.models["migrations"]] == ["migrate", "migrate_seed"]
    jobs = [one for one in mathison_dev.objects if _component(one) == ("Job", "migration")]
    pods = [job["spec"]["template"]["spec"] for job in jobs]
    assert [_command(pod["containers"][0]) for pod in pods] == [
        ["npx", "prisma", "migrate", "deploy"],
        ["npx", "prisma", "db", "seed"],
    ]
    for job, pod in zip(jobs, pods, strict=True):
        assert job["spec"].get("backoffLimit", 0) == 0
        assert pod["restartPolicy"] == "Never"
        (url,) = [one for one in pod["containers"][0]["env"] if one["name"] == "DATABASE_URL"]
        assert url["valueFrom"]["secretKeyRef"] == {"name": "mathison-db", "key": "url"}


def test_ma_7_probes_of_web(mathison_dev: System) -> None:
    web = mathison_dev.container("web")
    startup, live, ready = (web[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness"))
    assert _times(startup) == (5, 5, 12)
    assert startup["httpGet"] == {"path": "/api/health", "port": "http"}
    assert _times(live)[1:] == (15, 3)
    assert live["httpGet"]["path"] == "/api/health"
    assert _times(ready)[1:] == (10, 2)
    assert ready["httpGet"]["path"] == "/api/health?ready=true"


def test_ma_8_resources(mathison_prod: System) -> None:
    assert mathison_prod.container("web")["resources"] == {
        "requests": {"cpu": "200m", "memory": "256Mi"},
        "limits": {"cpu": "1", "memory": "512Mi"},
    }
    assert mathison_prod.container("worker")["resources"] == {
        "requests": {"cpu": "100m", "memory": "256Mi"},
        "limits": {"cpu": "500m", "memory": "512Mi"},
    }


def test_ma_9_web_has_a_service(mathison_dev: System) -> None:
    spec = mathison_dev.object("Service", "web")["spec"]
    assert spec.get("type", "ClusterIP") == "ClusterIP"
    assert [port["port"] for port in spec["ports"]] == [3000]
    pod = mathison_dev.object("Deployment", "web")["spec"]["template"]["metadata"]["labels"]
    assert spec["selector"].items() <= pod.items()


def test_ma_10_environment(mathison_dev: System) -> None:
    for name in ("web", "worker"):
        plain, secret = mathison_dev.plain(name), mathison_dev.secret(name)
        assert {"DATABASE_URL", "AUTH_SECRET", "ANTHROPIC_API_KEY"} <= set(secret)
        assert {"MATHISON_MODE", "MATHISON_BASE_DOMAIN", "LLM_PROVIDER"} <= set(plain)
        assert plain["NODE_ENV"] == "production"
        assert "REDIS_URL" in plain | secret
    assert "AUTH_URL" in mathison_dev.plain("web")
    assert "AUTH_URL" not in mathison_dev.env("worker")


def test_ma_11_the_worker(mathison_dev: System) -> None:
    pods = mathison_dev.pods()
    for name in ("web", "worker"):
        assert pods[name]["serviceAccountName"] == "mathison"
        assert pods[name]["automountServiceAccountToken"] is True
    worker = mathison_dev.container("worker")
    assert {"name": "health", "containerPort": 8080} in worker["ports"]
    for kind, period in (("liveness", 15), ("readiness", 10)):
        probe = worker[f"{kind}Probe"]
        assert probe["httpGet"] == {"path": "/health", "port": "health"}
        assert probe["periodSeconds"] == period
    assert "worker" not in mathison_dev.of("Service")


def test_ma_12_the_ingress(mathison_prod: System) -> None:
    (ingress,) = mathison_prod.of("Ingress").values()
    assert ingress["spec"]["ingressClassName"] == "nginx"
    (tls,) = ingress["spec"]["tls"]
    assert tls["hosts"] == ["mathison.example.com"] == [ingress["spec"]["rules"][0]["host"]]
    (certificate,) = mathison_prod.of("Certificate").values()
    assert certificate["spec"]["secretName"] == tls["secretName"]
    assert certificate["spec"]["dnsNames"] == tls["hosts"]


def test_ma_13_streams_and_uploads(mathison_prod: System, mathison_dev: System) -> None:
    (ingress,) = mathison_prod.of("Ingress").values()
    annotations = ingress["metadata"]["annotations"]
    assert annotations[f"{NGINX}proxy-body-size"].lower() in ("50m", "52428800")
    assert int(annotations[f"{NGINX}proxy-read-timeout"]) >= 300
    assert int(annotations[f"{NGINX}proxy-send-timeout"]) >= 300
    assert annotations[f"{NGINX}proxy-buffering"] == "off"
    (route,) = mathison_dev.of("HTTPRoute").values()
    (rule,) = route["spec"]["rules"]
    assert rule["timeouts"]["request"] in ("300s", "5m", "0s")


def test_ma_15_auth_url_is_the_ingress(mathison_dev: System, mathison_prod: System) -> None:
    assert mathison_prod.plain("web")["AUTH_URL"] == "https://mathison.example.com"
    assert mathison_dev.plain("web")["AUTH_URL"] == "http://mathison.localhost:8080"
    wrong = "workloads: {web: {env: {AUTH_URL: https://other.example.com}}}"
    assert system("mathison", "prod", wrong).told("AUTH_URL")


def test_ma_20_no_wildcards(mathison_dev: System) -> None:
    (role,) = mathison_dev.of("ClusterRole").values()
    assert len(role["rules"]) >= 10
    assert not [rule for rule in role["rules"] for words in rule.values() if "*" in words]
    updated = {
        name for rule in role["rules"] if "update" in rule["verbs"] for name in rule["resources"]
    }
    assert {"networkpolicies", "resourcequotas"} <= updated


def test_ma_21_the_order_is_enforced(mathison_dev: System) -> None:
    for name in ("web", "worker"):
        assert mathison_dev.document["workloads"][name]["migrations"][0] == "migrate"
        gates = [one for one in mathison_dev.container(name)["env"] if "MIGRATION" in one["name"]]
        assert gates[0]["valueFrom"]["configMapKeyRef"]["key"] == "passed"
    playbook: list[dict[str, Any]] = yaml.safe_load(
        (ROOT / "playbooks/site.yml").read_text("utf-8")
    )
    text = yaml.safe_dump(playbook)
    order = [
        text.index(f"slipway.stack.{role}")
        for role in ("infra", "migrations", "workloads", "ingress")
    ]
    assert order == sorted(order)


def _component(one: dict[str, Any]) -> tuple[str, str]:
    return one["kind"], one["metadata"]["labels"]["app.kubernetes.io/component"]


def _command(container: dict[str, Any]) -> list[str]:
    return [*container.get("command", []), *container.get("args", [])]


def _times(probe: dict[str, Any]) -> tuple[int, int, int]:
    return probe.get("initialDelaySeconds", 0), probe["periodSeconds"], probe["failureThreshold"]
