# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datastores that run as containers: StatefulSet, Service, Secret and claim of each PostgreSQL.

An external one has no objects here but for its Secret, which the environment provides.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
    selector,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import (
    PASSWORD_LENGTH,
    secret,
)

COMPONENT = "datastore"
POSTGRES_UID = 999  # of the official image
DATA = "/var/lib/postgresql/data"
SCRATCH = ["/tmp", "/var/run/postgresql"]
STARTUP_BUDGET_S = 180
URL = "postgresql://${urlencode:username}:${urlencode:password}@%(host)s:%(port)s/%(database)s"


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the models of every datastore that this stack runs itself."""
    return [
        model
        for name, store in document["datastores"].items()
        if store["driver"] == "container"
        for model in _postgres(document, name, store)
    ]


def claim(name: str) -> str:
    """Return the name of the PVC that the StatefulSet controller makes for a datastore."""
    return f"data-{kube_name(name)}-0"


def _postgres(document: dict[str, Any], name: str, store: dict[str, Any]) -> list[dict[str, Any]]:
    values = {
        "username": store["user"],
        "password": f"${{generate:{PASSWORD_LENGTH}}}",
        "database": store["database"],
        "url": URL % store,
    }
    account = base(document, "serviceaccount", name, COMPONENT)
    service = base(document, "service", name, COMPONENT)
    ports = {"postgres": store["port"]}
    return [
        account,
        secret(document, store["secret"], values, claim=claim(name)),
        {**service, "selector": selector(document, name), "ports": ports},
        _stateful_set(document, name, store),
    ]


def _stateful_set(document: dict[str, Any], name: str, store: dict[str, Any]) -> dict[str, Any]:
    model = base(document, "statefulset", name, COMPONENT)
    owner = {"runAsUser": POSTGRES_UID, "runAsGroup": POSTGRES_UID, "fsGroup": POSTGRES_UID}
    pod = pods.pod(
        [_container(store)],
        account=kube_name(name),
        grace=60,
        security={**owner, "fsGroupChangePolicy": "OnRootMismatch"},
        volumes=pods.scratch(SCRATCH),
    )
    labels = {**model["labels"], "slipway.dev/datastore": kube_name(name)}
    return {
        **model,
        "labels": labels,
        "selector": selector(document, name),
        "pod": pod,
        "claim": {
            "storage": store["storage"],
            "storage_class": store.get("storage_class", ""),
            "labels": labels,
        },
    }


def _container(store: dict[str, Any]) -> dict[str, Any]:
    settings = [
        item
        for key, value in sorted(store.get("conf", {}).items())
        for item in ("-c", f"{key}={value}")
    ]
    return {
        "name": "postgres",
        "image": store.get("image") or f"postgres:{store['version']}",
        "pull": "IfNotPresent",
        "command": [],
        "args": ["postgres", *settings] if settings else [],
        "working_dir": "",
        "env": _env(store),
        "config_map": "",
        "ports": {"postgres": store["port"]},
        "probes": _probes(store),
        "lifecycle": {},
        "resources": store["resources"],
        "security": pods.CONTAINER_SECURITY,
        "mounts": [*pods.mounts(SCRATCH), {"name": "data", "mountPath": DATA}],
    }


def _env(store: dict[str, Any]) -> list[dict[str, Any]]:
    keys = {"POSTGRES_USER": "username", "POSTGRES_PASSWORD": "password", "POSTGRES_DB": "database"}
    env = {name: {"secret": store["secret"], "key": key} for name, key in keys.items()}
    # A folder below the mount: some volumes have a lost+found, which initdb refuses.
    return [*pods.secret_env(env), {"name": "PGDATA", "value": f"{DATA}/pgdata"}]


def _probes(store: dict[str, Any]) -> dict[str, Any]:
    # By TCP: while the image prepares a new database it listens on its socket only.
    where = ["-h", "127.0.0.1", "-p", str(store["port"])]
    who = ["-U", store["user"], "-d", store["database"]]  # else the log fills with refusals
    ping = {"exec": {"command": ["pg_isready", "-q", *where, *who]}, "timeoutSeconds": 5}
    # A command costs a process in the container each time: liveness makes do with the port.
    port = {"tcpSocket": {"port": "postgres"}, "timeoutSeconds": 5}
    return {
        "startupProbe": {**ping, "periodSeconds": 2, "failureThreshold": STARTUP_BUDGET_S // 2},
        "readinessProbe": {**ping, "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {**port, "periodSeconds": 10, "failureThreshold": 6},
    }
