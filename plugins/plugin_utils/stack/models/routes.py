# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: how a site's hosts and paths reach a workload, by Gateway API or by Ingress."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    certificates,
    ingresses,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

COMPONENT = "route"
TEMPLATES = {"gateway": "httproute", "ingress": "ingress"}
Model = dict[str, Any]


def models(document: Model) -> list[Model]:
    """Return one HTTPRoute or Ingress for each route; none where nothing is exposed."""
    template = TEMPLATES.get(document["ingress"]["driver"])
    if template is None:
        return []
    routes = [_route(document, template, name, one) for name, one in document["routes"].items()]
    return [*certificates.models(document), *routes]


def checks(document: Model) -> list[Model]:
    """Return what ``verify`` asks through the ingress: of each route, then what the stack names.

    A route answers when its backend does: the path is the workload's liveness path where the route
    carries it, or its readiness path, else the route's own; ``address`` is where to connect (empty:
    as DNS says).
    """
    ingress = document["ingress"]
    if ingress["driver"] not in TEMPLATES:
        return []
    paths = {name: _path(document, route) for name, route in document["routes"].items()}
    hooks = document.get("verify", {}).items()
    return [
        *(_request(document, ("route", name), name, path) for name, path in paths.items()),
        *(_hook(document, name, hook) for name, hook in hooks),
    ]


def _request(document: Model, asked: tuple[str, str], route: str, path: str) -> Model:
    (what, name), exposed = asked, document["routes"][route]
    url, address = f"{exposed['origin']}{path}", _address(document["ingress"], exposed)
    return {"what": what, "name": name, "url": url, "address": address}


def _hook(document: Model, name: str, hook: Model) -> Model:
    asked = {key: hook[key] for key in ("method", "body", "status", "contains")}
    json_header = {"Content-Type": "application/json"} if hook["body"] else {}
    stream = {"min_chunks": hook["chunks"], "within": hook["within"]} if hook["chunks"] else None
    return {
        **_request(document, ("hook", name), hook["route"], hook["path"]),
        **asked,
        "headers": json_header,
        **({"stream": stream} if stream else {}),
    }


def _route(document: Model, template: str, name: str, route: Model) -> Model:
    workload, ingress = document["workloads"][route["to"]], document["ingress"]
    place = {"ingress": ingresses.place, "httproute": _rule}[template]
    return {
        **base(document, template, name, COMPONENT),
        "annotations": {**ingress["annotations"], **route["annotations"]},
        "host": route["host"],
        "service": kube_name(route["to"]),
        "port": workload["ports"][route["port"]],
        "gateway": ingress["gateway"],
        "class": ingress["class"],
        **place(document, route),
    }


def _rule(_document: Model, route: Model) -> Model:
    return {
        "path": route["path"],
        "path_type": "Exact" if route["exact"] else "PathPrefix",
        "filters": [_stripped(route)] if route["strip"] else [],
        "timeouts": _timeouts(route),
    }


def _stripped(route: Model) -> Model:
    if route["exact"]:
        path = {"type": "ReplaceFullPath", "replaceFullPath": "/"}
    else:
        path = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
    return {"type": "URLRewrite", "urlRewrite": {"path": path}}


def _timeouts(route: Model) -> dict[str, str]:
    # 0s means none; without it Envoy ends every answer after 15 s. It counts to the answer's end,
    # so a stream has none, whatever other answers of the route may take.
    if route["stream"]:
        return {"request": "0s"}
    return {"request": f"{route['timeout']}s"} if route["timeout"] else {}


def _address(ingress: Model, route: Model) -> str:
    if not ingress["address"]:
        return ""
    secure = route["origin"].startswith("https:") and ingress["scheme"] == "http"
    return f"{ingress['address']}:{ingress['tls_port' if secure else 'port']}"


def _path(document: Model, route: Model) -> str:
    health = document["workloads"][route["to"]].get("health", {})
    asked = [path for probe in ("live", "ready") if (path := health.get(probe, {}).get("path"))]
    own: str = route["path"]
    if route["exact"]:
        return own
    if route["strip"]:
        asked = [own.rstrip("/") + path for path in asked]
    return next((path for path in asked if path.startswith(own)), own)
