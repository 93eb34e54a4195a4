# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Redis of one container; its password comes to it by a pipe, into no list of processes."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods, stores
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import (
    PASSWORD_LENGTH,
    secret,
)

UID = 999  # of the official image
DATA = "/data"
STARTUP_BUDGET_S = 120  # a large append-only file is read at start
# A rewrite of the append-only file needs memory of its own beside the data.
MEMORY_SHARE = (3, 4)
START = 'exec redis-server - "$@" <<EOF\n${REDISCLI_AUTH:+requirepass $REDISCLI_AUTH}\nEOF'
PING = 'test "$(redis-cli ping)" = PONG'  # while it loads its data it answers LOADING
URL = "redis://:${urlencode:password}@%(host)s:%(port)s/0"
Model = dict[str, Any]


def models(document: Model, name: str, store: Model) -> list[Model]:
    """Return the objects of one Redis."""
    values = {"password": f"${{generate:{PASSWORD_LENGTH}}}", "url": URL % store}
    return [
        stores.account(document, name),
        *([secret(document, store["secret"], values)] if store["auth"] else []),
        stores.service(document, name, {"redis": store["port"]}),
        _stateful_set(document, name, store),
    ]


def _stateful_set(document: Model, name: str, store: Model) -> Model:
    scratch = ["/tmp"] if store["persistence"] else ["/tmp", DATA]
    kept = [{"name": "data", "mountPath": DATA}] if store["persistence"] else []
    login = stores.secret_env(store["secret"], {"REDISCLI_AUTH": "password"})
    ping = {"exec": {"command": ["sh", "-c", PING]}, "timeoutSeconds": 5}
    container = stores.container(
        document,
        store,
        f"redis:{store['version']}",
        name="redis",
        command=["sh", "-c", START, "redis"],
        args=_arguments(store),
        env=login if store["auth"] else [],
        ports={"redis": store["port"]},
        probes=stores.probes(
            ping, {"tcpSocket": {"port": "redis"}, "timeoutSeconds": 5}, STARTUP_BUDGET_S
        ),
        mounts=[*pods.mounts(scratch), *kept],
    )
    claimed = store["persistence"]
    volumes = pods.scratch(scratch)
    return stores.stateful_set(document, name, container, UID, volumes, claimed=claimed)


def _arguments(store: Model) -> list[str]:
    settings = {
        "port": str(store["port"]),
        "dir": DATA,
        "protected-mode": "no",  # else a server without a password listens to itself alone
        "save": "",  # the append-only file keeps everything; snapshots beside it only cost
        "appendonly": "yes" if store["persistence"] else "no",
        "maxmemory-policy": store["eviction"],
        **_memory(store),
        **store["conf"],
    }
    return [item for key, value in settings.items() for item in (f"--{key}", value)]


def _memory(store: Model) -> dict[str, str]:
    limit = quantity(store["resources"].get("limits", {}).get("memory", ""))
    if limit is None:
        return {}
    share, whole = MEMORY_SHARE
    return {"maxmemory": str(int(limit) * share // whole)}
