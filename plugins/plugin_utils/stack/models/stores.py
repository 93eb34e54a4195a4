# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the containers of all datastores have in common: one pod, one claim, one Service."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
    selector,
)

COMPONENT = "datastore"
GRACE_S = 60
Model = dict[str, Any]


def claim(name: str) -> str:
    """Return the name of the PVC that the StatefulSet controller makes for a datastore."""
    return f"data-{kube_name(name)}-0"


def account(document: Model, name: str) -> Model:
    """Return the ServiceAccount of a datastore."""
    return base(document, "serviceaccount", name, COMPONENT)


def service(document: Model, name: str, ports: dict[str, int]) -> Model:
    """Return the Service that leads to its one pod."""
    model = base(document, "service", name, COMPONENT)
    return {**model, "selector": selector(document, name), "ports": ports}


def stateful_set(
    document: Model, name: str, container: Model, user: int, volumes: list[Model], *, claimed: bool
) -> Model:
    """Return a StatefulSet of one pod, whose claim ``data`` is there if `claimed`."""
    model = base(document, "statefulset", name, COMPONENT)
    labels = {**model["labels"], "slipway.dev/datastore": kube_name(name)}
    store = document["datastores"][name]
    kept = {
        "storage": store["storage"],
        "storage_class": store["storage_class"],
        "labels": labels,
    }
    pod = pods.pod(
        [container],
        account=kube_name(name),
        grace=GRACE_S,
        security=owner(user),
        volumes=volumes,
    )
    return {
        **model,
        "labels": labels,
        "selector": selector(document, name),
        "pod": pod,
        "claim": kept if claimed else {},
    }


def owner(user: int) -> Model:
    """Return the security context of a pod whose files belong to `user`."""
    ids = {"runAsUser": user, "runAsGroup": user, "fsGroup": user}
    return {**ids, "fsGroupChangePolicy": "OnRootMismatch"}


def container(document: Model, store: Model, default: str, **extra: Any) -> Model:
    """Return a container of a datastore.

    default: the image where the stack names none. extra: name, args, env, ports, probes, mounts
    and whatever else differs from the defaults below.
    """
    named = document["images"].get(store.get("image") or "")
    return {
        "image": pods.image(named) if named else default,
        "pull": named["pull"] if named else "IfNotPresent",
        "command": [],
        "args": [],
        "working_dir": "",
        "env": [],
        "config_map": "",
        "ports": {},
        "probes": {},
        "lifecycle": {},
        "resources": store["resources"],
        "security": pods.CONTAINER_SECURITY,
        "mounts": [],
        **extra,
    }


def secret_env(secret: str, keys: dict[str, str]) -> list[Model]:
    """Return variables that come from the keys of a Secret."""
    return pods.secret_env({name: {"secret": secret, "key": key} for name, key in keys.items()})


def probes(ready: Model, live: Model, budget: int) -> Model:
    """Return the probes of a datastore; `budget` is the seconds that its start may take."""
    return {
        "startupProbe": {**ready, "periodSeconds": 2, "failureThreshold": budget // 2},
        "readinessProbe": {**ready, "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {**live, "periodSeconds": 10, "failureThreshold": 6},
    }
