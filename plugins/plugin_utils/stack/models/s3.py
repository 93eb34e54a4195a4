# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 server of one container: the Versity S3 Gateway, whose buckets are folders of its volume.

They are made before it listens, each time it starts; a bucket that the stack no longer names stays.
Source: https://github.com/versity/versitygw/wiki
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods, stores
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import secret

UID = 1000
DATA = "/data"
STARTUP_BUDGET_S = 60
# Attributes of objects in files beside them: not every volume has extended attributes.
START = (
    "cd /data && mkdir -p attributes buckets && (cd buckets && mkdir -p $BUCKETS) && "
    "exec versitygw --health /health posix --sidecar /data/attributes /data/buckets"
)
Model = dict[str, Any]


def models(document: Model, name: str, store: Model) -> list[Model]:
    """Return the objects of one S3 server."""
    values = {"access_key": "${generate:20}", "secret_key": "${generate:40}"}
    return [
        stores.account(document, name),
        secret(document, store["secret"], values),
        stores.service(document, name, {"s3": store["port"]}),
        _stateful_set(document, name, store),
    ]


def _stateful_set(document: Model, name: str, store: Model) -> Model:
    keys = {"ROOT_ACCESS_KEY": "access_key", "ROOT_SECRET_KEY": "secret_key"}
    plain = {
        "BUCKETS": " ".join(bucket["name"] for bucket in store["buckets"].values()),
        "VGW_PORT": f":{store['port']}",
        "VGW_REGION": store["region"],
    }
    health = {"httpGet": {"path": "/health", "port": "s3"}, "timeoutSeconds": 5}
    container = stores.container(
        document,
        store,
        f"versity/versitygw:v{store['version']}",
        name="s3",
        command=["sh", "-c", START],
        env=[
            *stores.secret_env(store["secret"], keys),
            *({"name": key, "value": value} for key, value in plain.items()),
        ],
        ports={"s3": store["port"]},
        probes=stores.probes(health, health, STARTUP_BUDGET_S),
        mounts=[*pods.mounts(["/tmp"]), {"name": "data", "mountPath": DATA}],
    )
    volumes = pods.scratch(["/tmp"])
    return stores.stateful_set(document, name, container, UID, volumes, claimed=True)
