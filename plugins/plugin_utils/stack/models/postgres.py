# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL of one container, and what prepares its databases and roles.

Its superuser is `postgres`; the application's user owns one database and nothing else. The script
that makes both runs twice: when an empty volume is initialised, so that a volume that was made
anew is whole without us, and in a Job whenever it has changed, so that an extension that is added
later arrives too. It can be run any number of times.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import (
    admin_secret,
    role_secret,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods, stores
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.bootstrap import script
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    content_hash,
    kube_name,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.secrets import (
    PASSWORD_LENGTH,
    secret,
)

UID = 999  # of the official image
DATA = "/var/lib/postgresql/data"
SCRIPTS = "/docker-entrypoint-initdb.d"
SCRIPT = "10-bootstrap.sql"
SCRATCH = ["/tmp", "/var/run/postgresql"]
STARTUP_BUDGET_S = 180
ADMIN = "postgres"
URL = "postgresql://${urlencode:username}:${urlencode:password}@%(host)s:%(port)s/%(database)s"
JOB_RESOURCES = {
    "requests": {"cpu": "10m", "memory": "32Mi"},
    "limits": {"memory": "128Mi"},
}
WAIT_THEN_RUN = 'until pg_isready -q; do sleep 1; done; exec psql -X -v ON_ERROR_STOP=1 -f "$0"'
Model = dict[str, Any]


def models(document: Model, name: str, store: Model) -> list[Model]:
    """Return the objects of one PostgreSQL."""
    return [
        stores.account(document, name),
        *credentials(document, name, store),
        _script(document, name, store),
        stores.service(document, name, {"postgres": store["port"]}),
        _stateful_set(document, name, store),
        _job(document, name, store),
    ]


def credentials(document: Model, name: str, store: Model, kind: str = "") -> list[Model]:
    """Return the Secrets of the user, the administrator and the other roles; `kind` is their type.

    They belong to the claim: while it exists, no password is made anew.
    """
    roles = [role for role in store["roles"] if role != store["user"]]
    logins = {
        store["secret"]: store["user"],
        admin_secret(store): ADMIN,
        **{role_secret(store, role): role for role in roles},
    }
    held = stores.claim(name)
    return [
        {**secret(document, found, _login(store, user), claim=held), "type": kind}
        for found, user in logins.items()
    ]


def _login(store: Model, user: str) -> dict[str, str]:
    return {
        "username": user,
        "password": f"${{generate:{PASSWORD_LENGTH}}}",
        "database": store["database"],
        "url": URL % store,
    }


def _script(document: Model, name: str, store: Model) -> Model:
    model = base(document, "configmap", f"{name}-bootstrap", stores.COMPONENT)
    return {**model, "data": {SCRIPT: script(store)}}


def _stateful_set(document: Model, name: str, store: Model) -> Model:
    container = stores.container(
        document,
        store,
        f"postgres:{store['version']}",
        name="postgres",
        args=_arguments(store),
        env=[*_passwords(store, PASSWORD="POSTGRES_PASSWORD"), *_plain_env()],
        ports={"postgres": store["port"]},
        probes=_probes(store),
        mounts=[
            *pods.mounts(SCRATCH),
            {"name": "data", "mountPath": DATA},
            {"name": "bootstrap", "mountPath": SCRIPTS, "readOnly": True},
        ],
    )
    volumes = [*pods.scratch(SCRATCH), _volume(name)]
    return stores.stateful_set(document, name, container, UID, volumes, claimed=True)


def _arguments(store: Model) -> list[str]:
    conf = dict(store["conf"])
    if store["max_connections"] != 100:
        conf.setdefault("max_connections", str(store["max_connections"]))
    settings = [item for key in sorted(conf) for item in ("-c", f"{key}={conf[key]}")]
    return ["postgres", *settings] if settings else []


def _plain_env() -> list[Model]:
    # A folder below the mount: some volumes have a lost+found, which initdb refuses.
    return [
        {"name": "POSTGRES_USER", "value": ADMIN},
        {"name": "PGDATA", "value": f"{DATA}/pgdata"},
    ]


def _passwords(store: Model, **admin: str) -> list[Model]:
    roles = [role for role in store["roles"] if role != store["user"]]
    return [
        *stores.secret_env(admin_secret(store), {admin["PASSWORD"]: "password"}),
        *stores.secret_env(store["secret"], {password_of(store["user"]): "password"}),
        *(
            entry
            for role in roles
            for entry in stores.secret_env(
                role_secret(store, role), {password_of(role): "password"}
            )
        ),
    ]


def password_of(role: str) -> str:
    """Return the variable that the script takes the password of a role from."""
    return f"PASSWORD_OF_{role.upper()}"


def _probes(store: Model) -> Model:
    # By TCP: while the image prepares a new database it listens on its socket only.
    where = ["-h", "127.0.0.1", "-p", str(store["port"])]
    who = ["-U", ADMIN, "-d", ADMIN]  # else the log fills with refusals
    ping = {"exec": {"command": ["pg_isready", "-q", *where, *who]}, "timeoutSeconds": 5}
    # A command costs a process in the container each time: liveness makes do with the port.
    port = {"tcpSocket": {"port": "postgres"}, "timeoutSeconds": 5}
    return stores.probes(ping, port, STARTUP_BUDGET_S)


def _job(document: Model, name: str, store: Model) -> Model:
    model = base(document, "bootstrap", f"{name}-bootstrap", stores.COMPONENT)
    place = {"PGHOST": store["host"], "PGPORT": str(store["port"]), "PGUSER": ADMIN}
    container = stores.container(
        document,
        {**store, "resources": JOB_RESOURCES},
        f"postgres:{store['version']}",
        name="bootstrap",
        # The last argument is for the Job's name, which follows from its content.
        command=["bash", "-c", WAIT_THEN_RUN, f"{SCRIPTS}/{SCRIPT}", content_hash(script(store))],
        env=[
            *_passwords(store, PASSWORD="PGPASSWORD"),
            *({"name": key, "value": value} for key, value in place.items()),
        ],
        mounts=[
            *pods.mounts(["/tmp"]),
            {"name": "bootstrap", "mountPath": SCRIPTS, "readOnly": True},
        ],
    )
    pod = pods.pod(
        [container],
        account=kube_name(name),
        restart_policy="Never",
        security=stores.owner(UID),
        volumes=[*pods.scratch(["/tmp"]), _volume(name)],
    )
    return {**model, "pod": pod}


def _volume(name: str) -> Model:
    return {"name": "bootstrap", "configMap": {"name": f"{kube_name(name)}-bootstrap"}}
