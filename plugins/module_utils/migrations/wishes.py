# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of one migration to the run that is wanted: reads claims and ConfigMaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import identity, jobs, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import (
    references,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store


class Wish(NamedTuple):
    """One entry of `migrations`. name: as the user wrote it. weak: an image has no digest.

    external: the database is outside the cluster (it has no claims).

    store: the namespace of its Job and records.
    run: None if the database or a ConfigMap is not there yet, so that no identity can be had.
    missing: what is not there, as a sentence.
    """

    name: str
    phase: str
    database: str
    job: Object
    store: Store
    timeout_s: int
    run: jobs.Run | None
    weak: bool
    external: bool = False
    missing: str = ""


def meeting_place(option: Mapping[str, Any], home: Store) -> Store:
    """Return where all who migrate the database meet: its own namespace if it names one."""
    return Store(home.client, option["database"].get("namespace") or home.namespace, home.namespace)


def wish(option: Mapping[str, Any], home: Store) -> Wish:
    """Return what is wanted. Raises MigrationError for options that make no sense, KubeError."""
    try:
        return _wish(option, meeting_place(option, home))
    except (AttributeError, KeyError, TypeError) as error:
        raise MigrationError(
            f"migration {option['name']}: its Job cannot be read ({type(error).__name__}: "
            f"{error}); compare it with `kubectl explain job.spec.template.spec`."
        ) from error


def _wish(option: Mapping[str, Any], store: Store) -> Wish:
    name, phase = option["name"], option["phase"]
    jobs.check_rendered(option["job"], name)
    job = _telling_helpers(option)
    database = option["database"]["id"]
    kube_name = slots.migration_name(name)
    config_maps, missing = _config_maps(job, store)
    claims, absent = _claims(option, store)
    missing += absent
    if missing:
        sentence = f"{', '.join(missing)} does not exist in namespace {store.namespace}"
        return Wish(
            name, phase, database, job, store, option["timeout"], None, False, missing=sentence
        )
    word = option["database"].get("incarnation") or ""
    known = _identity(option, identity.incarnation(claims, word, database), config_maps)
    run = jobs.Run(
        kube_name,
        phase,
        database,
        known.inputs["incarnation"],
        known.run_id,
        known.inputs,
        option["backward_compatible"],
    )
    weak = known.weak and not option.get("fixed_tags")
    return Wish(
        name, phase, database, job, store, option["timeout"], run, weak, external=not claims
    )


def _telling_helpers(option: Mapping[str, Any]) -> Object:
    """Return the Job whose pods tell which containers are helpers; no part of its identity."""
    job = option["job"]
    template = job["spec"]["template"]
    meta = template.get("metadata") or {}
    notes = {
        **(meta.get("annotations") or {}),
        slots.HELPERS: ",".join(option.get("helpers") or []),
    }
    told = {**template, "metadata": {**meta, "annotations": notes}}
    return {**job, "spec": {**job["spec"], "template": told}}


def _identity(
    option: Mapping[str, Any], incarnation: str, config_maps: dict[str, Any]
) -> identity.Identity:
    place = {
        "phase": option["phase"],
        "database": option["database"]["id"],
        "incarnation": incarnation,
    }
    if option.get("once_per") == "database":
        return identity.identify_seed(slots.migration_name(option["name"]), **place)
    helpers = option.get("helpers") or []
    return identity.identify(option["job"], config_maps=config_maps, helpers=helpers, **place)


def demand(wanted: Wish) -> jobs.Run:
    """Return the run. Raises MigrationError if it cannot be known."""
    if wanted.run is None:
        raise MigrationError(
            f"{wanted.name}: {wanted.missing}. Create it first (the role infra does)."
        )
    return wanted.run


def _claims(option: Mapping[str, Any], store: Store) -> tuple[dict[str, Object], list[str]]:
    """Return the claims of the database, and the ones that are missing."""
    names = option["database"].get("claims") or []
    found = {name: store.get("persistentvolumeclaims", name) for name in names}
    missing = [f"PersistentVolumeClaim {name}" for name, claim in found.items() if claim is None]
    return {name: claim for name, claim in found.items() if claim}, missing


def _config_maps(job: Object, store: Store) -> tuple[dict[str, Any], list[str]]:
    """Return the data of the ConfigMaps that the pod refers to, and the ones that are missing."""
    found: dict[str, Any] = {}
    missing: list[str] = []
    for needed in references(job):
        if needed.kind != "ConfigMap" or needed.name in found:
            continue
        config = store.get("configmaps", needed.name)
        found[needed.name] = None if config is None else _data(config)
        if config is None and not needed.optional:
            missing.append(f"ConfigMap {needed.name}")
    return found, missing


def _data(config: Object) -> dict[str, str]:
    return {**(config.get("data") or {}), **(config.get("binaryData") or {})}
