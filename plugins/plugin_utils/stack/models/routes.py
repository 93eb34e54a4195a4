# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: how a site's hosts and paths reach a workload, by Gateway API or by Ingress."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

COMPONENT = "route"
TEMPLATES = {"gateway": "httproute", "ingress": "ingress"}


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one HTTPRoute or Ingress for each route; none where nothing is exposed."""
    ingress = document["ingress"]
    template = TEMPLATES.get(ingress["driver"])
    if template is None:
        return []
    return [_route(document, template, name, route) for name, route in document["routes"].items()]


def checks(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what ``verify`` asks of each route: one request through the ingress.

    A route answers when its backend does: the path is the workload's liveness path where the route
    carries it, else the route's own; ``address`` is where to connect (empty: as DNS says).
    """
    ingress = document["ingress"]
    if ingress["driver"] not in TEMPLATES:
        return []
    address = f"{ingress['address']}:{ingress['port']}" if ingress.get("address") else ""
    return [
        {"name": name, "url": f"{route['origin']}{_path(document, route)}", "address": address}
        for name, route in document["routes"].items()
    ]


def _route(
    document: dict[str, Any], template: str, name: str, route: dict[str, Any]
) -> dict[str, Any]:
    workload = document["workloads"][route["to"]]
    return {
        **base(document, template, name, COMPONENT),
        "host": route["host"],
        "path": route["path"],
        "service": kube_name(route["to"]),
        "port": workload["ports"][route["port"]],
        "gateway": document["ingress"].get("gateway", {}),
        "class": document["ingress"].get("class", ""),
    }


def _path(document: dict[str, Any], route: dict[str, Any]) -> str:
    live = document["workloads"][route["to"]].get("health", {}).get("live", {})
    path: str = live.get("path", "")
    return path if path.startswith(route["path"]) else route["path"]
