# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who waits for whom: a service that crashes because its database is not there is not the cause.

Nothing declares this in Kubernetes. A pod template that mentions another awaited workload by name,
as a host in an address, a Secret or an init container's argument, is taken to use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.health.read import spec
from ansible_collections.slipway.stack.plugins.module_utils.health.related import selects
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

ROUTES = {"GRPCRoute", "HTTPRoute", "Ingress"}
WORKLOADS = {"DaemonSet", "Deployment", "Job", "StatefulSet"}
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def used(entry: Entry, board: Board, store: Store) -> list[Entry]:
    """Return what this one uses and what is not ready, failed ones first."""
    found = [one for one in uses(entry, board, store) if one.verdict.status is not Status.READY]
    return sorted(found, key=lambda one: one.verdict.status is not Status.FAILED)


def uses(entry: Entry, board: Board, store: Store) -> list[Entry]:
    """Return the awaited workloads that this one mentions, or that a Service puts forward."""
    obj = store.get(entry.target.ref) or {}
    workloads = [
        one for one in board.entries if one is not entry and one.target.ref.kind in WORKLOADS
    ]
    if entry.target.ref.kind == "Service":
        selector = spec(obj).get("selector")
        return [one for one in workloads if selects(selector, _template(store.get(one.target.ref)))]
    words = set(_words(_template(obj).get("spec") or _backends(obj)))
    return [one for one in workloads if one.target.ref.name in words]


def _template(obj: Object | None) -> Object:
    return spec(obj or {}).get("template") or {}


def _backends(obj: Object) -> Any:
    """What a route or an Ingress points to."""
    return spec(obj).get("rules") if obj.get("kind") in ROUTES else None


def _words(value: Any) -> Iterator[str]:
    return (word for text in _texts(value) for word in _NAME.findall(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value
