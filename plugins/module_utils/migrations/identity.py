# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which run is this: the hash that decides whether a migration has been run already.

Pure. In the identity: phase, database and its incarnation, image, command, args, the environment
and mounted files as the container sees them, names and keys of Secrets. Not in it: secret values
(a rotation must not run a migration again), resources, timeouts, scheduling, labels.
Values stand in it as hashes, because the inputs are stored in a ConfigMap.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeAlias

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import (
    containers,
    pod_spec,
    volume_sources,
)

SCHEMA = 1

ConfigMaps: TypeAlias = "Mapping[str, Mapping[str, str] | None]"
"""Data of the ConfigMaps a template refers to, by name; None for one that does not exist."""


class Identity(NamedTuple):
    """inputs: what was hashed, safe to store and to show. weak: an image is named by tag only."""

    run_id: str
    inputs: Object
    weak: bool


def identify(
    job: Mapping[str, Any],
    *,
    phase: str,
    database: str,
    incarnation: str,
    config_maps: ConfigMaps,
    helpers: Collection[str] = (),
) -> Identity:
    """Return the identity of one migration.

    job: the rendered Job. incarnation: UIDs of the database's claims, or the user's own word.
    helpers: names of containers that only wait or look, so that they do not count.
    """
    counted = [each for each in containers(job) if each.get("name") not in helpers]
    seen = [_container(each, job, config_maps) for each in counted]
    inputs: Object = {
        "schema": SCHEMA,
        "phase": phase,
        "database": database,
        "incarnation": incarnation,
        "containers": seen,
    }
    weak = any(not each["image"].startswith("sha256:") for each in seen)
    return Identity(hashlib.sha256(canonical(inputs)).hexdigest(), inputs, weak)


def identify_seed(name: str, *, phase: str, database: str, incarnation: str) -> Identity:
    """Return the identity of what runs once per database, whatever its image or arguments."""
    inputs: Object = {
        "schema": SCHEMA,
        "phase": phase,
        "database": database,
        "incarnation": incarnation,
        "once_per_database": name,
    }
    return Identity(hashlib.sha256(canonical(inputs)).hexdigest(), inputs, weak=False)


def canonical(value: Any) -> bytes:
    """Return JSON bytes that depend on nothing but the value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def incarnation(claims: Mapping[str, Object], given: str, database: str) -> str:
    """Return what tells this database from an earlier one of the same name.

    claims: the database's PersistentVolumeClaims by name. given: the user's word for a database
    outside the cluster. Raises MigrationError.
    """
    if not claims and not given:
        raise MigrationError(
            f"database {database}: neither claims nor an incarnation is given. Without one, a "
            "database made anew would pass for the old, migrated one. Give the claims, or, for a "
            "database outside the cluster, an incarnation (any word; change it when the database "
            "is made anew)."
        )
    for name, claim in claims.items():
        if claim["metadata"].get("deletionTimestamp"):
            raise MigrationError(
                f"database {database}: PersistentVolumeClaim {name} is being deleted, and the "
                "data with it. Wait until it is gone and create the database again."
            )
    uids = sorted(claim["metadata"]["uid"] for claim in claims.values())
    return ",".join(uids) or given


def _container(container: Object, job: Mapping[str, Any], config_maps: ConfigMaps) -> Object:
    image = container.get("image") or ""
    return {
        "image": image.partition("@")[2] or image,
        "command": container.get("command") or [],
        "args": container.get("args") or [],
        "env": _env(container, config_maps),
        "files": _files(container, job, config_maps),
    }


def _env(container: Object, config_maps: ConfigMaps) -> dict[str, str]:
    """Return the environment as the process will see it; later entries win, as in a pod."""
    env: dict[str, str] = {}
    for entry in container.get("envFrom") or []:
        prefix = entry.get("prefix") or ""
        if secret := entry.get("secretRef"):
            env[f"{prefix}* of Secret {secret['name']}"] = "all keys"
        if config := entry.get("configMapRef"):
            data = config_maps.get(config["name"]) or {}
            env |= {prefix + key: _hash(value) for key, value in data.items()}
    for entry in container.get("env") or []:
        env[entry["name"]] = _value(entry, config_maps)
    return env


def _value(entry: Object, config_maps: ConfigMaps) -> str:
    source = entry.get("valueFrom")
    if not source:
        return _hash(str(entry.get("value") or ""))
    if secret := source.get("secretKeyRef"):
        return f"Secret {secret['name']}/{secret['key']}"
    if config := source.get("configMapKeyRef"):
        value = (config_maps.get(config["name"]) or {}).get(config["key"])
        return "absent" if value is None else _hash(value)
    return canonical(source).decode()


def _files(container: Object, job: Mapping[str, Any], config_maps: ConfigMaps) -> dict[str, Any]:
    """Return content of mounted ConfigMaps and names of mounted Secrets, by mount path."""
    volumes = {volume["name"]: volume for volume in pod_spec(job).get("volumes") or []}
    files: dict[str, Any] = {}
    for mount in container.get("volumeMounts") or []:
        sources = [
            _source(kind, source, config_maps)
            for kind, source in volume_sources(volumes.get(mount["name"], {}))
        ]
        if sources:
            place = ":".join(filter(None, (mount["mountPath"], mount.get("subPath"))))
            files[place] = sources
    return files


def _source(kind: str, source: Object, config_maps: ConfigMaps) -> Object:
    items = {item["key"]: item["path"] for item in source.get("items") or []}
    if kind == "Secret":
        return {"secret": source["name"], "items": items}
    data = config_maps.get(source["name"]) or {}
    if items:
        data = {path: data[key] for key, path in items.items() if key in data}
    return {name: _hash(value) for name, value in data.items()}


def _hash(value: str) -> str:
    return "sha256:" + hashlib.sha256(value.encode()).hexdigest()
