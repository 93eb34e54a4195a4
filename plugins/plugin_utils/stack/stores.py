# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datastores of a document: what each type and driver has, derived from its name where unsaid."""

from __future__ import annotations

from typing import Any, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.datastores import (
    Datastore,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name

PORTS = {"postgres": 5432, "redis": 6379, "s3": 9000}
TLS_PORTS = {"postgres": 5432, "redis": 6379, "s3": 443}
MAX_CONNECTIONS = 100  # PostgreSQL's own default
S3_VERSION = "1.8.0"  # of the Versity S3 Gateway
KEYS = {
    "postgres": ("url", "password"),
    "redis": ("url", "password"),
    "s3": ("access_key", "secret_key"),
}


def datastore(name: str, spec: Spec, resources: Spec) -> Datastore:
    """Return a datastore; ``users_db`` holds the database ``users`` unless it says otherwise."""
    kind, driver = spec.get("type", "postgres"), spec.get("driver", "")
    common = {
        "type": kind,
        "version": spec.get("version", S3_VERSION if kind == "s3" else ""),
        "driver": driver,
        **_OWN.get(kind, _nothing)(name, spec),
    }
    place = _external(kind, spec) if driver == "external" else _ours(name, spec, resources)
    return cast(Datastore, {**common, **place})


def _postgres(name: str, spec: Spec) -> Spec:
    short = name.removesuffix("_db")
    plain = {"access": "none", "replication": False}
    return {
        "database": spec.get("database", short),
        "user": spec.get("user", short),
        "extensions": spec.get("extensions", []),
        "schemas": spec.get("schemas", []),
        "roles": {role: {**plain, **said} for role, said in spec.get("roles", {}).items()},
        "max_connections": spec.get("max_connections", MAX_CONNECTIONS),
    }


def _redis(_name: str, spec: Spec) -> Spec:
    return {
        "persistence": spec.get("persistence", False),
        "eviction": spec.get("eviction", "noeviction"),
        "auth": spec.get("auth", True),
    }


def _s3(_name: str, spec: Spec) -> Spec:
    buckets = spec.get("buckets", {})
    return {
        "region": spec.get("region", "us-east-1"),
        "buckets": {
            key: {"name": bucket.get("name", kube_name(key))} for key, bucket in buckets.items()
        },
    }


def _nothing(_name: str, _spec: Spec) -> Spec:
    return {}


_OWN: dict[str, Any] = {"postgres": _postgres, "redis": _redis, "s3": _s3}


def _ours(name: str, spec: Spec, resources: Spec) -> Spec:
    kind = spec.get("type", "postgres")
    host = f"{kube_name(name)}-rw" if spec.get("driver") == "operator" else kube_name(name)
    said: Spec = {
        key: spec[key] for key in ("storage", "storage_class", "conf", "image") if key in spec
    }
    return {
        "host": host,
        "port": PORTS.get(kind, 0),
        "tls": False,
        "secret": kube_name(name),
        "keys": {key: key for key in KEYS.get(kind, ())},
        "storage_class": "",
        "conf": {},
        "image": "",
        **said,
        "instances": spec.get("instances", 1),
        "resources": resources,
    }


def _external(kind: str, spec: Spec) -> Spec:
    tls = spec.get("tls", True)
    secret = spec.get("secret", "")
    keys = spec.get("map", {key: key for key in KEYS.get(kind, ())})
    return {
        "host": spec.get("host", ""),
        "port": spec.get("port", (TLS_PORTS if tls else PORTS).get(kind, 0)),
        "tls": tls,
        "secret": secret,
        "keys": keys if secret else {},
        "cidr": spec.get("cidr", ""),
        "incarnation": spec.get("incarnation", ""),
        "migrations_namespace": spec.get("migrations_namespace", ""),
    }
