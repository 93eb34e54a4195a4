# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a document that say how the stack is seen from outside, and what is around it.

Sites, routes and the ingress; what the stack talks to outside; what network policies and metrics
need to know of the cluster.
"""

from __future__ import annotations

import json
from typing import Any, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.exposure import (
    Gateway,
    Hook,
    Ingress,
    Route,
    Site,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.surroundings import (
    External,
    Metrics,
    Network,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds

DEFAULT_PORTS = {"http": 80, "https": 443}
_DNS = {"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}, "cidr": ""}
_API_PORTS = [443, 6443]  # of the Service, and of the server behind it: policies may see either
_NAMESPACES = {"metrics": "monitoring", "operator": "cnpg-system", "autoscaler": "keda"}


def ingress(spec: Spec) -> Ingress:
    """Return how routes are exposed; not at all where nobody says."""
    scheme = spec.get("scheme", "http")
    gateway: Spec = {"namespace": "", "name": "", "section": "", **spec.get("gateway", {})}
    keys = ("namespace", "name", "section")
    name: str = spec.get("class", "")
    return {
        "driver": spec.get("driver", "none"),
        "class": name,
        "controller": spec.get("controller", name),
        "gateway": cast(Gateway, {key: gateway[key] for key in keys}),
        "scheme": scheme,
        "port": spec.get("port", DEFAULT_PORTS[scheme]),
        "tls_port": spec.get("tls_port", DEFAULT_PORTS["https"]),
        "address": spec.get("address", ""),
        "annotations": spec.get("annotations", {}),
        "max_idle": seconds(spec.get("max_idle", 0)),
    }


def site(name: str, spec: Spec) -> Site:
    """Return a site; `secret` is where its certificate is, if the stack has one."""
    tls = spec.get("tls", {})
    kept = {
        "issuer": tls.get("issuer", ""),
        "kind": tls.get("kind", "ClusterIssuer"),
        "secret": tls.get("secret", f"{kube_name(name)}-tls" if "issuer" in tls else ""),
    }
    return {"host": spec.get("host", ""), "tls": cast(Any, kept if tls else {})}


def route(spec: Spec, sites: Spec, exposed: Ingress) -> Route:
    """Return a route with the URL that people type."""
    place = sites.get(spec.get("site", ""), {})
    host, origin = place.get("host", ""), _origin(place, exposed)
    stream = spec.get("stream", {})
    kept: Spec = {
        **{key: spec[key] for key in ("site", "to", "path", "port") if key in spec},
        "host": host,
        "origin": origin,
        "url": f"{origin}{spec.get('path', '/')}",
        "exact": spec.get("exact", False),
        "strip": spec.get("strip", False),
        "body": spec.get("body", ""),
        "timeout": seconds(spec.get("timeout", 0)),
        "stream": bool(stream.get("sse", bool(stream))),
        "max_idle": seconds(stream.get("max_idle", 0)),
        "annotations": spec.get("annotations", {}),
    }
    return cast(Route, kept)


def _origin(place: Spec, exposed: Ingress) -> str:
    scheme = "https" if place.get("tls") else exposed["scheme"]
    port = exposed["port"] if scheme == exposed["scheme"] else exposed["tls_port"]
    suffix = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{place.get('host', '')}{suffix}"


def hook(spec: Spec) -> Hook:
    """Return what a visitor does after a deployment."""
    stream = spec.get("stream", {})
    return {
        "route": spec.get("route", ""),
        "path": spec.get("path", ""),
        "method": spec.get("method", "POST" if "json" in spec else "GET"),
        "body": json.dumps(spec["json"]) if "json" in spec else "",
        "status": spec.get("status", [200]),
        "contains": spec.get("contains", ""),
        "chunks": stream.get("chunks", 0),
        "within": seconds(stream.get("within", 30)),
    }


def external(spec: Spec) -> External:
    """Return something outside that the stack talks to."""
    return {
        "host": spec.get("host", ""),
        "port": spec.get("port", DEFAULT_PORTS["https"]),
        "scheme": spec.get("scheme", "https"),
        "cidr": spec.get("cidr", ""),
    }


def network(spec: Spec, exposed: Ingress) -> Network:
    """Return what network policies need to know; the controller's place by its Gateway's."""
    return {
        "policies": spec.get("policies", False),
        "dns": cast(Any, {**_DNS, **spec.get("dns", {})}),
        "controller": _peer(spec, "controller", exposed["gateway"]["namespace"]),
        "metrics": _peer(spec, "metrics", _NAMESPACES["metrics"]),
        "operator": _peer(spec, "operator", _NAMESPACES["operator"]),
        "autoscaler": _peer(spec, "autoscaler", _NAMESPACES["autoscaler"]),
        "api_server": cast(Any, {"cidr": "", "ports": _API_PORTS, **spec.get("api_server", {})}),
    }


def metrics(spec: Spec) -> Metrics:
    """Return who collects metrics."""
    return {"driver": spec.get("driver", "none"), "labels": spec.get("labels", {})}


def _peer(spec: Spec, key: str, namespace: str) -> Any:
    return {"namespace": namespace, "labels": {}, **spec.get(key, {})}
