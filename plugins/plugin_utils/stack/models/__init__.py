# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The models that the roles' templates render: they decide, templates write down.

A model is a dict with the key ``template`` (the file under ``roles/<role>/templates`` without its
ending) and the values which that template names. Models hold no secret: a Secret's values are
placeholders that ``apply`` fills in just before the request.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    accounts,
    datastores,
    metrics,
    migrations,
    namespaces,
    policies,
    routes,
    secrets,
    workloads,
)

Document = dict[str, Any]


def build(document: Document) -> dict[str, Any]:
    """Turn a resolved stack into the models of each role.

    document: the resolved stack (see ``Resolved.document``).
    Returns what the fact ``slipway_stack`` packs (see packed.py): ``name``, ``namespace``,
    ``preset``, one list of models per role (``infra``, ``workloads``, ``ingress``), ``migrations``
    (options of ``migration_gate`` with the model of their Job), ``levels`` (of workloads that
    others wait for), ``patches``, ``routes`` (name → url) and ``checks`` and ``rights`` (what
    ``verify`` asks over HTTP and of the API server).
    """
    return {
        "name": document["name"],
        "namespace": document["namespace"],
        "preset": document["preset"],
        "infra": [
            *namespaces.models(document),
            *policies.models(document),
            *secrets.models(document),
            *datastores.models(document),
            *migrations.objects(document),
        ],
        "migrations": migrations.models(document),
        "workloads": [*workloads.models(document), *metrics.models(document)],
        "levels": workloads.levels(document),
        "ingress": routes.models(document),
        "patches": document.get("patches", []),
        "routes": {name: route["url"] for name, route in document["routes"].items()},
        "checks": routes.checks(document),
        "rights": accounts.rights(document),
    }
