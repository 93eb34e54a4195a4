# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one role of one stack has applied: the memory that pruning and teardown need.

A ConfigMap in the stack's namespace holds references only. It is written before the first
change, as the union of what it held and what is about to be applied, so that a run that dies
leaves nothing behind that nobody remembers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import same
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    MANAGED_BY,
    PART_OF,
    Work,
    selector,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    from_dict,
    labels,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import MANAGER

_KEY = "objects"
_NAME = "slipway-applied"
_NAME_LABEL = "app.kubernetes.io/name"
_ROLE_LABEL = "app.kubernetes.io/component"


def location(work: Work) -> Ref:
    """Where the set of this stack and role is kept."""
    name = f"{_NAME}-{work.stack}-{work.role}"
    return Ref("v1", "ConfigMap", work.namespace, name)


def read(work: Work) -> list[Ref]:
    """Return the references, [] where there is no set yet."""
    return decode(work.get(location(work)))


def of_other_roles(work: Work) -> dict[str, list[Ref]]:
    """Role → references, for the other roles of this stack in the namespace."""
    sets = of_all_roles(work.client, work.namespace, work.stack)
    return {role: refs for role, refs in sets.items() if role != work.role}


def of_all_roles(client: Client, namespace: str, stack: str) -> dict[str, list[Ref]]:
    """Role → references, for all roles of a stack in the namespace."""
    path = client.discovery().path("v1", "ConfigMap", namespace)
    query = {"labelSelector": f"{selector(stack)},{_NAME_LABEL}={_NAME}"}
    items = client.request("GET", path, query=query)["items"]
    return {labels(item).get(_ROLE_LABEL, ""): decode(item) for item in items}


def remember(work: Work, wanted: Iterable[Ref]) -> list[Ref]:
    """Add references to the set; write it only if one was missing. Returns the union."""
    wanted = list(wanted)
    return _update(work, lambda held: union(held, wanted))


def keep_only(work: Work, wanted: Iterable[Ref]) -> None:
    """Replace the set; an empty one is deleted."""
    wanted = list(wanted)
    if wanted:
        _update(work, lambda _held: wanted)
        return
    try:
        work.client.request("DELETE", work.path(location(work)))
    except ApiError as error:
        if error.status != 404:
            raise


def union(held: Iterable[Ref], wanted: Iterable[Ref]) -> list[Ref]:
    """Both, each object once, in the version that is wanted. Sorted."""
    return sorted(({same(one): one for one in held} | {same(one): one for one in wanted}).values())


def decode(live: Object | None) -> list[Ref]:
    """Read the ConfigMap."""
    text = ((live or {}).get("data") or {}).get(_KEY, "")
    return sorted(from_dict(json.loads(line)) for line in text.splitlines())


def encode(work: Work, refs: Iterable[Ref]) -> Object:
    """Write the ConfigMap, one object a line."""
    where = location(work)
    lines = [json.dumps(one.as_dict(), sort_keys=True) for one in sorted(refs)]
    marks = {
        _NAME_LABEL: _NAME,
        "app.kubernetes.io/instance": work.stack,
        _ROLE_LABEL: work.role,
        PART_OF: work.stack,
        **MANAGED_BY,
    }
    return {
        "apiVersion": where.api_version,
        "kind": where.kind,
        "metadata": {"name": where.name, "namespace": where.namespace, "labels": marks},
        "data": {_KEY: "\n".join(lines)},
    }


def _update(work: Work, change: Any) -> list[Ref]:
    """Read, change, write with resourceVersion; two runs at once do not lose each other's."""
    while True:
        live = work.get(location(work))
        held = decode(live)
        wanted: list[Ref] = change(held)
        if live and sorted(wanted) == held:
            return wanted
        try:
            _put(work, live, encode(work, wanted))
        except ApiError as error:
            if error.status == 409:
                continue
            raise
        return wanted


def _put(work: Work, live: Object | None, body: Object) -> None:
    query = {"fieldManager": MANAGER}
    if live:
        body["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        work.client.request("PUT", work.path(location(work)), query=query, body=body)
    else:
        path = work.kinds.path("v1", "ConfigMap", work.namespace)
        work.client.request("POST", path, query=query, body=body)
