# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What psql does in a migration's Job: wait for the database, run files, ask whether all is well.

Everything asks at DATABASE_URL of the migration, so that it sees what the migration sees.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    meeting,
    pods,
    stores,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    content_hash,
)

URL = "DATABASE_URL"
FOLDER = "/slipway/sql"
USER = 999  # of the official image
RESOURCES = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}}
SCRIPTS = Path(__file__).with_name("scripts")
Model = dict[str, Any]


def can_ask(document: Model, spec: Model) -> bool:
    """Whether it is known where to ask: a PostgreSQL of known version, and a URL."""
    store = document["datastores"][spec["database"]]
    known = store.get("type") == "postgres" and (store.get("version") or store.get("image"))
    return bool(known) and URL in spec["env"]


def config_map(document: Model, name: str, spec: Model, component: str) -> Model:
    """Return the ConfigMap with the SQL files; its name changes with them."""
    model = base(document, "configmap", name, component)
    return {**model, "name": _config_name(document, name, spec), "data": spec["files"]}


def volumes(document: Model, name: str, spec: Model) -> list[Model]:
    """Return the volumes of the container below."""
    return [{"name": "sql", "configMap": {"name": _config_name(document, name, spec)}}]


def container(document: Model, spec: Model) -> Model:
    """Return the container that runs the files that have not run yet."""
    mounts = [{"name": "sql", "mountPath": FOLDER, "readOnly": True}]
    made = _psql(document, spec, "migrate", "ledger.sh", FOLDER)
    return {**made, "mounts": mounts, "resources": spec["resources"]}


def waiting(document: Model, spec: Model, name: str) -> Model:
    """Return the container that ends as soon as the database lets us in, or never will."""
    return _psql(document, spec, name, "wait.sh")


def asking(document: Model, spec: Model, name: str) -> Model:
    """Return the container that ends with 0 if ``verify`` is true, or there is nothing to ask."""
    return _psql(document, spec, name, "verify.sh", spec.get("verify", ""))


def _psql(document: Model, spec: Model, name: str, script: str, *args: str) -> Model:
    store = document["datastores"][spec["database"]]
    text = (SCRIPTS / "url.sh").read_text() + (SCRIPTS / script).read_text()
    made = stores.container(
        document,
        {**store, "resources": RESOURCES},
        f"postgres:{store.get('version', '')}",
        name=name,
        command=["sh", "-euc", text, name],
        args=list(args),
        env=[*pods.literal_env(spec["env"]), *pods.secret_env(spec["env"])],
    )
    # The image's own user is root, which *restricted* forbids.
    return {**made, "security": {**made["security"], "runAsUser": USER, "runAsGroup": USER}}


def _config_name(document: Model, name: str, spec: Model) -> str:
    return f"{meeting.own(document, name)}-sql-{content_hash(spec['files'])}"
