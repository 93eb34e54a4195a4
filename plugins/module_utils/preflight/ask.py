# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of preflight: asks a cluster for everything that a stack needs of it.

It changes nothing and tells all that is missing at once, so that nobody finds the second gap by
the second deployment. What the credentials may not look at is left to the deployment itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    is_true,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import (
    InputError,
    prepare,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import group_of
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.preflight.needs import Need, needs

OLDEST = (1, 27)  # since then aggregated discovery is on by default
# A Gateway that serves, but for some listener: another stack's, or one that names the Secret of
# this stack and waits for the ReferenceGrant which the deployment brings.
LISTENERS_ALONE = "ListenersNotValid"


def run(params: Mapping[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Look for what `params["objects"]` need; params as in arguments.PREFLIGHT.

    Returns ``failed`` and ``missing``, a sentence for each gap. Check mode makes no difference.
    """
    client = connect(params)
    return answer(gaps(client, params["objects"], params["namespace"] or client.namespace))


def answer(found: Iterable[str]) -> dict[str, Any]:
    """Return the module's result."""
    missing = list(found)
    told = "The cluster has what the objects need."
    if missing:
        told = "\n".join(("The cluster lacks what the objects need:", *missing))
    return {"changed": False, "failed": bool(missing), "msg": told, "missing": missing}


def gaps(client: Client, objects: Sequence[Object], namespace: str) -> Iterator[str]:
    """Yield a sentence for everything that is missing."""
    yield from too_old(client.request("GET", "/version"))
    try:
        complete = prepare(objects, namespace, client.discovery(), check=False)
    except InputError as error:
        yield from str(error).splitlines()
        complete = [_placed(obj, namespace) for obj in objects]
    absent: set[tuple[str, str, str]] = set()
    for need in needs(complete):
        target = need.kind, need.namespace, need.name
        if target not in absent:
            yield from _gap(client, need, absent)


def too_old(version: Mapping[str, str]) -> Iterator[str]:
    """Complain about an API server that is older than what the collection is written for."""
    numbers = tuple(int(re.sub(r"\D.*", "", version[part]) or 0) for part in ("major", "minor"))
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield f"The API server is {version['gitVersion']}; {oldest} or newer is needed. Upgrade it."


def _placed(obj: Object, namespace: str) -> Object:
    return {**obj, "metadata": {"namespace": namespace, **obj["metadata"]}}


def _gap(client: Client, need: Need, absent: set[tuple[str, str, str]]) -> Iterator[str]:
    """Yield what is wrong with one object; one that is not there at all is added to `absent`."""
    kinds = client.discovery()
    version = kinds.served_version(group_of(need.api_version), need.kind)
    if version is None:
        absent.add((need.kind, need.namespace, need.name))
        yield f"{need.by}: {kinds.unknown(need.api_version, need.kind)}"
        return
    place = need.namespace if kinds.namespaced(version, need.kind) else ""
    try:
        found = client.request("GET", kinds.path(version, need.kind, place or None, need.name))
    except ApiError as error:
        if error.status == 404:
            absent.add((need.kind, need.namespace, need.name))
            yield _absent(client, need, version, place)
        elif error.status != 403:
            raise
        return
    yield from shortfall(need, found, place)


def _absent(client: Client, need: Need, version: str, place: str) -> str:
    where = f" in namespace {place}" if place else ""
    return (
        f"{need.by} needs {need.kind} {need.name}{where}, which does not exist."
        f"{_others(client, need, version, place)} Make it first, or name another one."
    )


def _others(client: Client, need: Need, version: str, place: str) -> str:
    """Say which objects of the kind there are instead."""
    try:
        listed = client.request("GET", client.discovery().path(version, need.kind, place or None))
    except ApiError:
        return ""
    names = sorted(item["metadata"]["name"] for item in listed["items"])
    if hint := nearest(need.name, names):
        return hint
    return f" There is: {', '.join(names[:5])}." if names else f" There is no {need.kind} at all."


def shortfall(need: Need, found: Object, place: str) -> Iterator[str]:
    """Complain about an object that is there and not as it must be."""
    where = f" in namespace {place}" if place else ""
    what = f"{need.by} needs {need.kind} {need.name}{where}"
    if need.key and need.key not in (found.get("data") or {}):
        keys = sorted(found.get("data") or {})
        has = f"{', '.join(keys) or 'none'}.{nearest(need.key, keys)}"
        yield f"{what} with a key {need.key}; its keys: {has} Add the key."
    if need.condition:
        said = condition(conditions(found), need.condition)
        if not said:
            yield (
                f"{what}, of which nobody says that it is {need.condition}. "
                "Does its controller run?"
            )
        elif not is_true(said) and said.get("reason") != LISTENERS_ALONE:
            reason = said.get("message") or said.get("reason") or "no reason given"
            yield f"{what}, which is not {need.condition}: {reason}. Repair it first."
