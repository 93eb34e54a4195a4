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
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store

WORKLOADS = {"DaemonSet", "Deployment", "Job", "StatefulSet"}
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def used(entry: Entry, board: Board, store: Store) -> list[Entry]:
    """Return the workloads that this one mentions and that are not ready, failed ones first."""
    obj = store.get(entry.target.ref)
    template = spec(obj or {}).get("template") or {}
    words = {word for text in _texts(template.get("spec")) for word in _NAME.findall(text)}
    found = [
        other
        for other in board.entries
        if other is not entry
        and other.target.ref.kind in WORKLOADS
        and other.target.ref.name in words
        and other.verdict.status is not Status.READY
    ]
    return sorted(found, key=lambda one: one.verdict.status is not Status.FAILED)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value
