# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations: what ``migration_gate`` needs to know of each, and the Job that runs it.

Four styles: a command of an image (job), a folder of SQL files (sql), a workload that migrates when
it starts (startup), and nothing (none). Around the one that counts stand helpers: before it one
that waits for the database to let us in, after it one that asks whether all is well.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    datastores,
    meeting,
    pods,
    sql,
    startup,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

COMPONENT = "migration"
WAIT, VERIFY = "wait", "verify"
HELPERS = [WAIT, VERIFY]
Model = dict[str, Any]


def models(document: Model) -> list[Model]:
    """Return the options of ``migration_gate`` for each migration, its Job still as a model."""
    gates = []
    for name, spec in _gated(document).items():
        there = meeting.seen_from(document, spec)
        moved = meeting.moved(there, name, spec)
        gates.append(_gate(there, name, moved, _job(there, name, moved)))
        if "seed" in spec:
            gates.append(_seed(there, name, moved))
    return gates


def objects(document: Model) -> list[Model]:
    """Return what must be there before: accounts (each Job runs as itself), and SQL files."""
    gated = [
        (meeting.seen_from(document, spec), name, spec) for name, spec in _gated(document).items()
    ]
    accounts = [_account(there, name) for there, name, _spec in gated]
    return accounts + [
        sql.config_map(there, name, spec, COMPONENT)
        for there, name, spec in gated
        if spec.get("style") == "sql"
    ]


def _account(document: Model, name: str) -> Model:
    made = base(document, "serviceaccount", name, COMPONENT)
    return {**made, "name": meeting.own(document, name)}


def _gated(document: Model) -> Model:
    migrations = document["migrations"]
    return {name: one for name, one in migrations.items() if one.get("style", "job") != "none"}


def _gate(document: Model, name: str, spec: Model, job: Model) -> Model:
    return {
        "name": name,
        "phase": spec["phase"],
        "database": _database(document, spec["database"]),
        "backward_compatible": spec.get("backward_compatible", "unknown"),
        "timeout": spec["timeout"],
        "helpers": HELPERS,
        "fixed_tags": _fixed_tags(document, spec),
        "job": job,
    }


def _seed(document: Model, name: str, spec: Model) -> Model:
    seeding = {**spec, "command": [], "args": [], **spec["seed"], "verify": ""}
    job = {**_job(document, name, seeding), "name": kube_name(f"{name}_seed")}
    return {**_gate(document, f"{name}_seed", seeding, job), "once_per": "database"}


def _database(document: Model, name: str) -> Model:
    store = document["datastores"][name]
    own = store["driver"] == "container"
    if shared := meeting.shared(store):
        return shared
    return {
        "id": f"{document['namespace']}/{kube_name(name)}",
        "claims": [datastores.claim(name)] if own else [],
        "incarnation": "" if own else store.get("incarnation") or store["host"],
    }


def _fixed_tags(document: Model, spec: Model) -> bool:
    """Whether no tag has to be suspected: it is made of the content, or no image decides."""
    if spec.get("style") == "sql":
        return True  # what is run are the files
    owner = document["workloads"][spec["workload"]] if spec.get("workload") else spec
    return bool(document["images"][owner["image"]].get("content_addressed"))


def _job(document: Model, name: str, spec: Model) -> Model:
    style = spec.get("style", "job")
    if style == "startup":
        return startup.job(document, name, spec, COMPONENT)
    main = sql.container(document, spec) if style == "sql" else _container(document, name, spec)
    volumes = (
        sql.volumes(document, name, spec) if style == "sql" else pods.scratch(spec.get("write", []))
    )
    before = [sql.waiting(document, spec, WAIT)] if sql.can_ask(document, spec) else []
    after = [sql.asking(document, spec, VERIFY)] if spec.get("verify") else []
    steps = [*before, main, *after]
    pod = pods.pod(
        steps[-1:],
        init=steps[:-1],
        account=meeting.own(document, name),
        restart_policy="Never",
        security=pods.pod_security(spec.get("security", {})),
        volumes=volumes,
    )
    return {**base(document, "job", name, COMPONENT), "pod": pod}


def _container(document: Model, name: str, spec: Model) -> Model:
    container = pods.container(document, name, spec)
    return {**container, "env": [*pods.literal_env(spec["env"]), *container["env"]]}
