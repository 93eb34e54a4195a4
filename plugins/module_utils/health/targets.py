# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is waited for: the task's `resources`, with what the apply said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

NEEDED = ("api_version", "kind", "name")


class Target(NamedTuple):
    """One awaited object.

    served:  whether the API server knows its kind at all.
    reports: whether the kind has a status subresource; None: not known.
    """

    ref: Ref
    applied: Applied
    served: bool = True
    reports: bool | None = None


def targets(
    resources: list[dict[str, Any]],
    namespace: str,
    discovery: Discovery,
    *,
    now: float,
    check: bool,
) -> list[Target]:
    """Return the targets in their order, each once.

    namespace: for entries without one whose kind is namespaced.
    now:       when the wait began, which is when our apply ended.
    check:     whether a kind that is not served yet is all right.
    Raises HealthError for an entry without kind, name or api_version, UnknownKind.
    """
    found: dict[Ref, Target] = {}
    for index, entry in enumerate(resources):
        _complete(index, entry)
        target = _target(entry, namespace, discovery, now, check)
        found.setdefault(target.ref, target)
    return list(found.values())


def _complete(index: int, entry: Mapping[str, Any]) -> None:
    for key in NEEDED:
        if not entry.get(key):
            raise HealthError(
                f"resources[{index}] has no {key}: {dict(entry)!r}. Each entry needs "
                f"api_version, kind and name, as `apply` returns them.{_meant(key, entry)}"
            )


def _meant(key: str, entry: Mapping[str, Any]) -> str:
    if key == "api_version" and "apiVersion" in entry:
        return ' Did you mean "api_version" for "apiVersion"?'
    return nearest(key, set(entry) - set(NEEDED))


def _target(
    entry: Mapping[str, Any], namespace: str, discovery: Discovery, now: float, check: bool
) -> Target:
    api_version, kind = str(entry["api_version"]), str(entry["kind"])
    served = discovery.knows(api_version, kind)
    home = str(entry.get("namespace") or "")
    if served or not check:
        home = (home or namespace) if discovery.namespaced(api_version, kind) else ""
    applied = Applied(str(entry.get("uid") or ""), int(entry.get("generation") or 0), now)
    reports = discovery.resource(api_version, kind).reports if served else None
    return Target(Ref(api_version, kind, home, str(entry["name"])), applied, served, reports)
