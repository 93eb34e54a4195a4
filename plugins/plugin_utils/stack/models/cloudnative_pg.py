# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL that CloudNativePG runs: its Cluster, and the Secrets that it logs in with.

The Secrets have the names and keys of the container's, so that nothing else changes with the
driver; the operator would make ``<name>-app`` itself if it were not given one.
Source: https://cloudnative-pg.io/documentation/current/bootstrap/
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import (
    admin_secret,
    role_secret,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    bootstrap,
    pods,
    postgres,
    stores,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import base

IMAGE = "ghcr.io/cloudnative-pg/postgresql"
BASIC_AUTH = "kubernetes.io/basic-auth"
RELOAD = {"cnpg.io/reload": "true"}  # the operator reads the Secret again when it changes
Model = dict[str, Any]


def models(document: Model, name: str, store: Model) -> list[Model]:
    """Return the objects of one PostgreSQL."""
    secrets = [
        {**one, "labels": {**one["labels"], **RELOAD}, "claim": ""}
        for one in postgres.credentials(document, name, store, BASIC_AUTH)
    ]
    model = base(document, "cnpg_cluster", name, stores.COMPONENT)
    return [*secrets, {**model, "spec": _spec(document, store)}]


def _spec(document: Model, store: Model) -> Model:
    named = document["images"].get(store["image"])
    storage = {"size": store["storage"], "storageClass": store["storage_class"]}
    return {
        "instances": store["instances"],
        "imageName": pods.image(named) if named else f"{IMAGE}:{store['version']}",
        "enableSuperuserAccess": True,
        "superuserSecret": {"name": admin_secret(store)},
        "storage": {key: value for key, value in storage.items() if value},
        "resources": store["resources"],
        "postgresql": {
            "parameters": {"max_connections": str(store["max_connections"]), **store["conf"]}
        },
        "bootstrap": {"initdb": _initdb(store)},
        "managed": {"roles": [_role(store, role) for role in store["roles"]]},
    }


def _initdb(store: Model) -> Model:
    return {
        "database": store["database"],
        "owner": store["user"],
        "secret": {"name": store["secret"]},
        "postInitApplicationSQL": [
            statement.strip()
            for text in bootstrap.statements({**store, "roles": {}})
            for statement in text.strip().split("\n")
        ],
    }


def _role(store: Model, role: str) -> Model:
    said = store["roles"][role]
    secret = store["secret"] if role == store["user"] else role_secret(store, role)
    return {
        "name": role,
        "ensure": "present",
        "login": True,
        "replication": said["replication"],
        "inRoles": list(bootstrap.groups(said["access"])),
        "passwordSecret": {"name": secret},
    }
