# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Ingress says of a route beyond the plain API: annotations, per controller.

Sources: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ ·
https://projectcontour.io/docs/main/config/annotations/
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.units import mebibytes

NGINX = "nginx.ingress.kubernetes.io"
CONTOUR = "projectcontour.io"
STREAM_S = 3600  # where a stream does not say how long it may be silent
Model = dict[str, Any]


def place(document: Model, route: Model) -> Model:
    """Return path, its type, annotations and TLS of one Ingress."""
    ingress = document["ingress"]
    said = _ANNOTATIONS.get(ingress["controller"], _none)(route)
    pattern = ingress["controller"] == "nginx" and route["strip"] and not route["exact"]
    secret = document["sites"].get(route["site"], {}).get("tls", {}).get("secret", "")
    path = f"{re.escape(route['path'].rstrip('/'))}(/|$)(.*)" if pattern else route["path"]
    plain = "Exact" if route["exact"] else "Prefix"
    return {
        "path": path,
        "path_type": "ImplementationSpecific" if pattern else plain,
        "annotations": {**said, **ingress["annotations"], **route["annotations"]},
        "tls_secret": secret,
    }


def _nginx(route: Model) -> dict[str, str]:
    idle = max(route["timeout"], route["max_idle"] or STREAM_S if route["stream"] else 0)
    found: dict[str, str] = {}
    if route["body"]:
        found["proxy-body-size"] = f"{mebibytes(route['body'])}m"
    if idle:
        found |= {"proxy-read-timeout": str(idle), "proxy-send-timeout": str(idle)}
    if route["stream"]:
        found["proxy-buffering"] = "off"
    if route["strip"]:
        found |= {"rewrite-target": "/" if route["exact"] else "/$2"}
        found |= {} if route["exact"] else {"use-regex": "true"}
    return {f"{NGINX}/{key}": value for key, value in found.items()}


def _contour(route: Model) -> dict[str, str]:
    # It counts to the answer's end: a stream has none.
    if route["stream"]:
        return {f"{CONTOUR}/response-timeout": "infinity"}
    return {f"{CONTOUR}/response-timeout": f"{route['timeout']}s"} if route["timeout"] else {}


def _none(_route: Model) -> dict[str, str]:
    return {}


_ANNOTATIONS = {"nginx": _nginx, "contour": _contour}
