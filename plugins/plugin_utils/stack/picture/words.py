# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two lines in a box of the picture: what a part is called and the one thing to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]


def label(entity: tuple[str, str], value: Values, spec: Values) -> tuple[str, str]:
    """Return title and subtitle of an entity; spec: the whole stack, merged, as plain values."""
    section, name = entity
    if section == "routes":
        return _route(value, spec)
    about = " · ".join(word for word in _ABOUT[section](value, spec) if word)
    disabled = "disabled" if value.get("enabled") is False else ""
    return name, disabled or about


def _route(value: Values, spec: Values) -> tuple[str, str]:
    site = str(value.get("site", ""))
    host = (spec.get("sites") or {}).get(site, {}).get("host", site)
    stream = " · stream" if value.get("stream") else ""
    exact = " · exact" if value.get("exact") else ""
    return str(value.get("path", "")), f"{host}{exact}{stream}"


def _workload(value: Values, spec: Values) -> list[str]:
    kind = str(value.get("kind", "Deployment"))
    shown = "" if kind == "Deployment" else kind
    return [shown, str(value.get("schedule", "")), _image(value, spec), scale(value)]


def scale(value: Values) -> str:
    """Return how many replicas a workload has, in words."""
    if value.get("kind") in ("Job", "CronJob"):
        return ""
    chosen = value.get("scale") or {}
    if chosen.get("singleton"):
        return "singleton"
    if "max" in chosen:
        return f"{chosen.get('min', 1)}-{chosen['max']} replicas"
    count = chosen.get("replicas", 1)
    return f"{count} replica{'' if count == 1 else 's'}"


def _migration(value: Values, spec: Values) -> list[str]:
    return [str(value.get("phase", "")), str(value.get("style", "")), _image(value, spec)]


def _datastore(value: Values, _spec: Values) -> list[str]:
    version = f"{value.get('type', '')} {value.get('version', '')}".strip()
    return [version, str(value.get("driver", "")), str(value.get("storage", ""))]


def _external(value: Values, _spec: Values) -> list[str]:
    host, port = value.get("host") or value.get("cidr") or "", value.get("port")
    return [f"{host}:{port}" if port else str(host)]


def _group(value: Values, _spec: Values) -> list[str]:
    count = len(value.get("keys") or [])
    return [f"{count} key{'' if count == 1 else 's'}", str(value.get("driver", "generated"))]


def _image(value: Values, spec: Values) -> str:
    image = (spec.get("images") or {}).get(value.get("image"), {})
    version = image.get("tag") or str(image.get("digest", ""))[:15]
    return f"{value.get('image', '')}:{version}" if version else str(value.get("image", ""))


_ABOUT: dict[str, Callable[[Values, Values], list[str]]] = {
    "workloads": _workload,
    "migrations": _migration,
    "datastores": _datastore,
    "external": _external,
    "secrets": _group,
}
