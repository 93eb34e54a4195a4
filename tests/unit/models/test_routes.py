# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes and certificates, by driver and controller."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build

from tests.unit.models.test_models import objects

TLS = {"issuer": "letsencrypt", "kind": "ClusterIssuer", "secret": "shop-tls"}


def routed(document: dict[str, Any], controller: str = "", **said: Any) -> Any:
    """Return the object of the one route; with a controller as Ingress, else as HTTPRoute."""
    document["routes"]["web"].update(said)
    if not controller:
        return objects(document, "ingress")["HTTPRoute", "web"]
    document["ingress"].update(driver="ingress", controller=controller, **{"class": controller})
    return objects(document, "ingress")["Ingress", "web"]


def test_a_route_without_wishes_is_plain(document: dict[str, Any]) -> None:
    (rule,) = routed(document)["spec"]["rules"]
    assert rule == {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "backendRefs": [
            {"group": "", "kind": "Service", "name": "users-api", "port": 3001, "weight": 1}
        ],
    }


def test_an_http_route_with_every_wish(document: dict[str, Any]) -> None:
    said = {"path": "/api", "strip": True, "timeout": 300, "annotations": {"a/b": "c"}}
    route = routed(document, **said)
    (rule,) = route["spec"]["rules"]
    path = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
    assert rule["filters"] == [{"type": "URLRewrite", "urlRewrite": {"path": path}}]
    assert rule["timeouts"] == {"request": "300s"}
    assert route["metadata"]["annotations"] == {"a/b": "c"}
    assert build(document)["checks"][0]["url"] == "http://shop.localhost:8080/api/healthz"


def test_verify_asks_what_the_route_carries(document: dict[str, Any]) -> None:
    health = {"live": {}, "ready": {"path": "/api/health/ready", "port": "http"}}
    document["workloads"][document["routes"]["web"]["to"]]["health"] = health
    for own, asked in (("/", "/api/health/ready"), ("/api", "/api/health/ready"), ("/x", "/x")):
        document["routes"]["web"] |= {"path": own, "strip": False}
        assert build(document)["checks"][0]["url"] == f"http://shop.localhost:8080{asked}"


def test_a_stream_has_no_timeout(document: dict[str, Any]) -> None:
    (rule,) = routed(document, stream=True, exact=True, timeout=300)["spec"]["rules"]
    assert rule["timeouts"] == {"request": "0s"}
    assert rule["matches"][0]["path"]["type"] == "Exact"


@pytest.mark.parametrize(
    ("said", "annotations"),
    [
        ({}, {}),
        ({"body": "50Mi"}, {"proxy-body-size": "50m"}),
        ({"timeout": 300}, {"proxy-read-timeout": "300", "proxy-send-timeout": "300"}),
        (
            {"stream": True, "max_idle": 60, "timeout": 300},
            {
                "proxy-read-timeout": "300",
                "proxy-send-timeout": "300",
                "proxy-buffering": "off",
            },
        ),
        (
            {"stream": True},
            {
                "proxy-read-timeout": "3600",
                "proxy-send-timeout": "3600",
                "proxy-buffering": "off",
            },
        ),
    ],
)
def test_nginx(document: dict[str, Any], said: Any, annotations: Any) -> None:
    found = routed(document, "nginx", **said)["metadata"].get("annotations", {})
    assert found == {
        f"nginx.ingress.kubernetes.io/{key}": text for key, text in annotations.items()
    }


def test_nginx_strips_by_a_pattern(document: dict[str, Any]) -> None:
    ingress = routed(document, "nginx", path="/api", strip=True)
    path = ingress["spec"]["rules"][0]["http"]["paths"][0]
    assert (path["path"], path["pathType"]) == ("/api(/|$)(.*)", "ImplementationSpecific")
    assert ingress["metadata"]["annotations"] == {
        "nginx.ingress.kubernetes.io/rewrite-target": "/$2",
        "nginx.ingress.kubernetes.io/use-regex": "true",
    }


def test_contour_streams_for_ever(document: dict[str, Any]) -> None:
    found = routed(document, "contour", stream=True, timeout=300)["metadata"]["annotations"]
    assert found == {"projectcontour.io/response-timeout": "infinity"}


def test_a_certificate_for_an_ingress(document: dict[str, Any]) -> None:
    document["sites"]["shop"]["tls"] = TLS
    ingress = routed(document, "nginx")
    assert ingress["spec"]["tls"] == [{"hosts": ["shop.localhost"], "secretName": "shop-tls"}]
    spec = objects(document, "ingress")["Certificate", "shop"]["spec"]
    assert spec["secretName"] == "shop-tls"
    assert spec["dnsNames"] == ["shop.localhost"]
    assert spec["issuerRef"]["name"] == "letsencrypt"


def test_a_gateway_is_granted_the_certificate(document: dict[str, Any]) -> None:
    document["sites"]["shop"]["tls"] = TLS
    grant = objects(document, "ingress")["ReferenceGrant", "shop-tls"]["spec"]
    assert grant["from"][0]["namespace"] == "gateway-system"
    assert grant["to"] == [{"group": "", "kind": "Secret", "name": "shop-tls"}]


def test_what_others_have_is_left_to_them(document: dict[str, Any]) -> None:
    document["sites"]["shop"]["tls"] = {"issuer": "", "kind": "ClusterIssuer", "secret": ""}
    assert set(objects(document, "ingress")) == {("HTTPRoute", "web")}


def test_verify_connects_where_tls_is(document: dict[str, Any]) -> None:
    document["routes"]["web"]["origin"] = "https://shop.localhost"
    assert build(document)["checks"][0]["address"] == "127.0.0.1:443"
