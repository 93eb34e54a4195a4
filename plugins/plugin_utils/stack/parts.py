# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a document that follow from an entity alone, before references are followed.

What an entity does not say is derived from its name here; what presets say has come by merging.
"""

from __future__ import annotations

from typing import cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import stores
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import (
    Datastore,
    Gateway,
    Health,
    Image,
    Ingress,
    Route,
    SecretGroup,
    Spec,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.workload_parts import check

_PROBES = ("live", "ready", "startup")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def image(spec: Spec) -> Image:
    """Return an image with both ways to name its version."""
    empty = {"tag": "", "digest": ""}
    return cast(Image, {**empty, **_known(spec, "repo", "tag", "digest", "pull")})


def group(name: str, spec: Spec) -> SecretGroup:
    """Return a group of secrets."""
    return {
        "keys": spec.get("keys", []),
        "driver": spec.get("driver", "generated"),
        "secret": spec.get("secret", kube_name(name)),
    }


def datastore(name: str, spec: Spec) -> Datastore:
    """Return a datastore; see stores.py."""
    return stores.datastore(name, spec, _resources(spec))


def ingress(spec: Spec) -> Ingress:
    """Return how routes are exposed; not at all where nobody says."""
    scheme = spec.get("scheme", "http")
    gateway = {"namespace": "", "name": "", "section": "", **spec.get("gateway", {})}
    return {
        "driver": spec.get("driver", "none"),
        "class": spec.get("class", ""),
        "gateway": cast(Gateway, _known(gateway, "namespace", "name", "section")),
        "scheme": scheme,
        "port": spec.get("port", _DEFAULT_PORTS[scheme]),
        "address": spec.get("address", ""),
    }


def route(spec: Spec, sites: Spec, exposed: Ingress) -> Route:
    """Return a route with the URL that people type."""
    host = sites.get(spec.get("site", ""), {}).get("host", "")
    scheme, port = exposed["scheme"], exposed["port"]
    origin = f"{scheme}://{host}"
    if port != _DEFAULT_PORTS[scheme]:
        origin += f":{port}"
    named = _known(spec, "site", "to", "path", "port")
    return cast(
        Route, {**named, "host": host, "origin": origin, "url": f"{origin}{spec.get('path', '/')}"}
    )


def process(spec: Spec) -> Spec:
    """Return what workloads and migrations have in common, but for references."""
    return {
        "image": spec["image"],
        "working_dir": spec.get("working_dir", ""),
        "resources": _resources(spec),
        "write": spec.get("write", []),
    }


def health(spec: Spec, ports: dict[str, int]) -> Health:
    """Return the probes in the one form that they were given in; see document.Health."""
    given = spec.get("health", {})
    found = check(
        {key: value for key, value in given.items() if key not in ("port", "host")}, ports
    )
    found["startup_budget"] = seconds(given["startup_budget"])
    probes = {key: check(given[key], ports) for key in ("live", "ready", "startup") if key in given}
    if "port" in given:
        found |= {"port": given["port"], "host": given.get("host", ""), "live": {}, "ready": {}}
    return cast(Health, {**found, **probes})


def _resources(spec: Spec) -> Spec:
    resources = spec.get("resources", {})
    return {
        side: {key: str(amount) for key, amount in amounts.items()}
        for side, amounts in resources.items()
    }


def _known(spec: Spec, *keys: str) -> Spec:
    return {key: spec[key] for key in keys if key in spec}
