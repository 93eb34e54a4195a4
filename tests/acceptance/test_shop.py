# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop: what shows without a cluster, its documents held against what is rendered."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.acceptance.systems import ROOT, System

SERVICES = ("users", "products", "orders", "gateway")
DATABASES = ("users-db", "products-db", "orders-db")


def test_ms_2_every_service_has_its_objects(shop_dev: System) -> None:
    assert set(shop_dev.of("Namespace")) == {"shop"}
    for service in SERVICES:
        assert service in shop_dev.of("Deployment")
        assert service in shop_dev.of("Service")
        assert shop_dev.plain(service)
        used = {source.split("/")[0] for source in shop_dev.secret(service).values()}
        assert used <= set(shop_dev.of("Secret"))
        assert bool(used) == (service != "gateway")  # it knows no secret


def test_ms_3_databases_keep_their_data(shop_dev: System) -> None:
    assert set(shop_dev.of("StatefulSet")) == set(DATABASES)
    for name in DATABASES:
        spec = shop_dev.object("StatefulSet", name)["spec"]
        (claim,) = spec["volumeClaimTemplates"]
        assert "storageClassName" not in claim["spec"]  # the cluster's default
        mounts = {one["name"]: one["mountPath"] for one in shop_dev.container(name)["volumeMounts"]}
        assert mounts[claim["metadata"]["name"]].startswith("/var/lib/postgresql")


def test_ms_4_overrides_leave_the_base_alone(shop_dev: System, shop_prod: System) -> None:
    base = yaml.safe_load((ROOT / "stacks/shop.yml").read_text("utf-8"))
    for key in ("namespace", "sites", "preset", "ingress"):
        assert key not in base
    assert shop_prod.document["preset"] == "production"
    dev, prod = (one.container("orders") for one in (shop_dev, shop_prod))
    assert dev["args"] == prod["args"]
    assert dev["resources"] != prod["resources"]


@pytest.mark.parametrize("service", SERVICES)
def test_ms_5_the_example_environments_are_covered(shop_dev: System, service: str) -> None:
    example = (ROOT / f"examples/shop/env/{service}.env.example").read_text("utf-8")
    keys = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert keys
    assert keys <= set(shop_dev.env(service))


@pytest.mark.parametrize("service", SERVICES)
def test_ms_7_probes_ask_healthz(shop_dev: System, service: str) -> None:
    container = shop_dev.container(service)
    for kind in ("readiness", "liveness", "startup"):
        probe = container[f"{kind}Probe"]
        assert probe["httpGet"]["path"].split("?")[0] == "/healthz"
        assert probe["httpGet"]["port"] == "http"


def test_ms_10_the_documented_thresholds_are_the_real_ones(shop_dev: System) -> None:
    text = _document("deployment")
    assert "## Probes and migrations, together" in text
    container = shop_dev.container("orders")
    ready, live = container["readinessProbe"], container["livenessProbe"]
    startup = container["startupProbe"]
    budget = startup["periodSeconds"] * startup["failureThreshold"]
    assert (budget, startup["failureThreshold"]) == (60, 30)
    assert _row(text, "startup")[2:] == ["2 s", "`startup_budget` (60 s = 30 times)"]
    assert _row(text, "readiness")[2:] == [_every(ready), _after(ready)]
    assert _row(text, "liveness")[2:] == [_every(live), _after(live)]


def test_ms_13_the_exposure_is_documented(shop_dev: System) -> None:
    text = _document("deployment")
    route = shop_dev.document["routes"]["shop"]
    assert route["origin"] == "http://shop.localhost:8080"
    assert route["origin"] in text
    assert f"127.0.0.1 {route['host']}" in text
    assert "/etc/hosts" in text
    (name,) = shop_dev.of("HTTPRoute")
    assert f"kubectl -n shop delete httproute {name}" in text


def test_ms_15_there_are_metrics() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "examples/shop/shop").glob("*.py"))
    assert '"/metrics"' in code
    assert "`/metrics`" in _document("observability")


def test_ms_16_documented_commands_name_what_exists(shop_dev: System) -> None:
    text = _document("observability")
    named = set(re.findall(r"deploy/([a-z-]+)", text))
    assert named
    assert named <= set(shop_dev.of("Deployment"))
    assert "kubectl -n shop logs" in text
    (port,) = shop_dev.object("Service", "orders")["spec"]["ports"]
    assert f"/services/orders:{port['name']}/proxy/metrics" in text


def test_ms_18_documented_steps_can_be_repeated() -> None:
    text = _document("deployment")
    targets = {
        word for line in re.findall(r"^make (.+)$", text, re.MULTILINE) for word in line.split()
    }
    known = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"setup", "cluster", "images", "demo"} <= targets <= known
    playbooks = set(re.findall(r"playbooks/[a-z]+\.yml", text))
    inventories = set(re.findall(r"-i (inventories/[a-z]+)", text))
    assert playbooks
    assert inventories
    assert all((ROOT / path).exists() for path in playbooks | inventories)


def _document(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def _row(text: str, name: str) -> list[str]:
    (line,) = re.findall(rf"^\| {name} \|.*$", text, re.MULTILINE)
    return [cell.strip() for cell in line.strip("|").split("|")][:4]


def _every(probe: dict[str, Any]) -> str:
    return f"{probe['periodSeconds']} s"


def _after(probe: dict[str, Any]) -> str:
    times = probe["failureThreshold"]
    return f"{times} times = {times * probe['periodSeconds']} s"
