# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of sites: asked of cert-manager, and handed to a Gateway in another namespace.

A Gateway belongs to the platform, and so do its listeners: the stack grants it the right to read
the Secret, and the platform's listener names that Secret.
Source: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import base

COMPONENT = "certificate"
Model = dict[str, Any]


def models(document: Model) -> list[Model]:
    """Return what the sites need that have a route."""
    used = {route["site"] for route in document["routes"].values()}
    sites = {name: site for name, site in document["sites"].items() if name in used}
    return [model for name, site in sites.items() for model in _site(document, name, site)]


def _site(document: Model, name: str, site: Model) -> list[Model]:
    tls = site["tls"]
    if not tls or not tls["secret"]:
        return []
    asked = [_certificate(document, name, site)] if tls["issuer"] else []
    gateway = document["ingress"]["gateway"]["namespace"]
    foreign = document["ingress"]["driver"] == "gateway" and gateway != document["namespace"]
    return [*asked, *([_grant(document, name, tls["secret"])] if foreign else [])]


def _certificate(document: Model, name: str, site: Model) -> Model:
    tls = site["tls"]
    return {
        **base(document, "certificate", name, COMPONENT),
        "secret": tls["secret"],
        "host": site["host"],
        "issuer": {"kind": tls["kind"], "name": tls["issuer"]},
    }


def _grant(document: Model, name: str, secret: str) -> Model:
    return {
        **base(document, "referencegrant", f"{name}-tls", COMPONENT),
        "gateway": document["ingress"]["gateway"],
        "secret": secret,
    }
