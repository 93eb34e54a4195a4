# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public URLs and CORS origins: what a browser is told must be where a route answers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    Value,
)

# Names of what browsers see. `BASE_URL` alone is not one: services call each other by it.
_PUBLIC = re.compile(
    r"(^|_)(PUBLIC_(BASE_)?(URL|URI|ORIGIN)|(NEXT)?AUTH_URL|(CORS|ALLOWED|TRUSTED)_(ALLOWED_)?"
    r"ORIGINS?|CORS_ALLOW_ORIGINS?|ORIGINS?|(FRONTEND|EXTERNAL|ROOT|SITE|WEBSITE)_URL"
    r"|(REDIRECT|CALLBACK)_UR[LI])$",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s,;\"'\]|<>]+", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def declared(subject: Subject) -> Faults:
    """Yield public URLs that are no declared route, and any URL that nearly is one."""
    routes = subject.head["routes"].values()
    origins = {route["origin"] for route in routes if route["host"]}
    hosts = {route["host"] for route in routes if route["host"]}
    foreign = {subject.text("external", name, "host") for name in subject.section("external")}
    for value in subject.values:
        for url in _URL.findall(value.text):
            origin, host = _origin(url)
            public = _PUBLIC.search(value.name) is not None
            if origin in origins or host in foreign or "****" in url:
                continue
            if host in hosts or public:
                yield _fault(value, origin, origins)


def _fault(value: Value, origin: str, origins: set[str]) -> Fault:
    there = f"Routes answer at {', '.join(sorted(origins))}." if origins else "There is no route."
    close = nearest(origin, origins).strip()
    fix = f"{close} {there} Write ${{routes.<route>.origin}} or ${{routes.<route>.url}}.".strip()
    return Fault(value.path, f"no route answers at {origin}", value.node.mark, fix)


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return url, ""
    shown = "" if port in (None, _PORTS[scheme]) else f":{port}"
    return f"{scheme}://{host}{shown}", host
