# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the migrations of one external database meet that several stacks share.

Their Jobs exclude each other by their names, which they can only in one namespace; so what a Job
needs has to be there too.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    composed_secret,
    kube_name,
)

KEY = "migrations_namespace"
Model = dict[str, Any]


def shared(store: Model) -> Model:
    """Return what ``migration_gate`` has to know of a shared database; {} if it is not shared.

    All stacks must call it the same, so that no name of one of them is in its id.
    """
    if not store.get(KEY):
        return {}
    return {
        "id": f"{store['host']}:{store['port']}/{store['database']}",
        "namespace": store[KEY],
        "claims": [],
        "incarnation": store.get("incarnation") or store["host"],
    }


def seen_from(document: Model, migration: Model) -> Model:
    """Return the document as it is seen from the namespace in which the migration runs.

    home: the stack's own namespace, if that is another one.
    """
    place, home = document["datastores"][migration["database"]].get(KEY), document["namespace"]
    return (
        {**document, "namespace": place, "home": home}
        if place not in (None, "", home)
        else document
    )


def own(document: Model, name: str) -> str:
    """Return what a migration's object is called; where stacks meet, each has its own."""
    return f"{document['home']}-{kube_name(name)}" if "home" in document else kube_name(name)


def moved(document: Model, name: str, migration: Model) -> Model:
    """Return the migration with its environment as it is where it runs."""
    secret = composed_secret(name)
    env = {
        key: {**value, "secret": own(document, secret)} if value.get("secret") == secret else value
        for key, value in migration["env"].items()
    }
    return {**migration, "env": env}
