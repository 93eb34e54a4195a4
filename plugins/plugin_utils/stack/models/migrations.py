# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations: what ``migration_gate`` needs to know of each, and the Job that runs it."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import datastores, pods
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

COMPONENT = "migration"


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the options of ``migration_gate`` for each migration, its Job still as a model."""
    return [_gate(document, name, spec) for name, spec in document["migrations"].items()]


def accounts(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one ServiceAccount for each migration: Jobs that change data run as themselves."""
    return [base(document, "serviceaccount", name, COMPONENT) for name in document["migrations"]]


def _gate(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "phase": spec["phase"],
        "database": _database(document, spec["database"]),
        "timeout": spec["timeout"],
        "job": _job(document, name, spec),
    }


def _database(document: dict[str, Any], name: str) -> dict[str, Any]:
    store = document["datastores"][name]
    own = store["driver"] == "container"
    return {
        "id": f"{document['namespace']}/{kube_name(name)}",
        "claims": [datastores.claim(name)] if own else [],
        "incarnation": "" if own else store.get("incarnation", ""),
    }


def _job(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    container = pods.container(document, name, spec)
    env = [*pods.literal_env(spec["env"]), *container["env"]]
    pod = pods.pod(
        [{**container, "env": env}],
        account=kube_name(name),
        restart_policy="Never",
        volumes=pods.scratch(spec.get("write", [])),
    )
    return {**base(document, "job", name, COMPONENT), "pod": pod}
