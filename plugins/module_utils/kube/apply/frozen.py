# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields that cannot change once an object lives, and changes that its data would not survive.

The API server refuses the former with a sentence about a struct, in the middle of a roll-out; the
latter it takes: PostgreSQL then finds the files of another major version and starts no more.
Pure: the live object and the new one in, what is wrong out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

ANEW = "Delete the object to make it anew, or take the change back."
_MOVE = "Move the data to a new datastore: dump here, restore there, then switch over."
_MAJOR = re.compile(r"(?:^|/)(?:postgres|pgvector|postgis)[^:/]*:(?:pg)?(\d+)")


class Change(NamedTuple):
    """One change that cannot be. path: in the object."""

    path: str
    message: str
    fix: str = ANEW

    def __str__(self) -> str:
        return f"{self.path}: {self.message}. {self.fix}"


Changes = Iterator[Change]


def changes(live: Object, new: Object) -> list[Change]:
    """Return what of a new object its live one does not allow."""
    return list(_RULES.get(new["kind"], _nothing)(live, new))


def _nothing(_live: Object, _new: Object) -> Changes:
    yield from ()


def _same(live: Object, new: Object, *paths: str) -> Changes:
    for path in paths:
        old, wanted = _at(live, path), _at(new, path)
        if wanted is not None and old is not None and wanted != old:
            yield Change(path, f"is {_shown(old)} and cannot become {_shown(wanted)}")


def _deployment(live: Object, new: Object) -> Changes:
    yield from _same(live, new, "spec.selector.matchLabels")


def _stateful_set(live: Object, new: Object) -> Changes:
    yield from _same(
        live, new, "spec.selector.matchLabels", "spec.serviceName", "spec.podManagementPolicy"
    )
    yield from _templates(live, new)
    yield from _major(live, new)


def _templates(live: Object, new: Object) -> Changes:
    held = {_at(one, "metadata.name"): one for one in _at(live, "spec.volumeClaimTemplates") or []}
    for one in _at(new, "spec.volumeClaimTemplates") or []:
        name = _at(one, "metadata.name")
        if name not in held:
            yield Change("spec.volumeClaimTemplates", f"there is no {name} so far")
            continue
        for change in _claim(held[name], one):
            path = change.path.removeprefix("spec.")
            yield Change(f"spec.volumeClaimTemplates[{name}].{path}", change.message, _MOVE)
        old, wanted = (_at(two, "spec.resources.requests.storage") for two in (held[name], one))
        if _more(wanted, old):
            message = f"is {old} and cannot become {wanted} here"
            fix = "Enlarge the claims, then delete the StatefulSet with --cascade=orphan."
            yield Change(f"spec.volumeClaimTemplates[{name}].resources", message, fix)


def _major(live: Object, new: Object) -> Changes:
    held = {one["name"]: one.get("image", "") for one in _containers(live)}
    for one in _containers(new):
        old, wanted = (_MAJOR.search(text) for text in (held.get(one["name"], ""), one["image"]))
        if old and wanted and old[1] != wanted[1]:
            message = f"PostgreSQL {wanted[1]} cannot read the files of PostgreSQL {old[1]}"
            yield Change(f"spec.template.spec.containers[{one['name']}].image", message, _MOVE)


def _claim(live: Object, new: Object) -> Changes:
    old, wanted = (_at(one, "spec.resources.requests.storage") for one in (live, new))
    if _more(old, wanted):
        message = f"is {old}, and a volume cannot shrink to {wanted}"
        yield Change("spec.resources.requests.storage", message, _MOVE)
    for change in _same(live, new, "spec.storageClassName", "spec.accessModes"):
        yield Change(change.path, change.message, _MOVE)


def _job(live: Object, new: Object) -> Changes:
    # The API server fills the template in, so only what we say can be compared.
    old = {one["name"]: one for one in _containers(live)}
    for one in _containers(new):
        for key in ("image", "command", "args"):
            if one["name"] in old and one.get(key) and one[key] != old[one["name"]].get(key):
                yield Change(f"spec.template.spec.containers[{one['name']}].{key}", "cannot change")


def _immutable_data(live: Object, new: Object) -> Changes:
    if live.get("immutable") and (live.get("data") or {}) != (new.get("data") or {}):
        yield Change("data", "is immutable")


def _service(live: Object, new: Object) -> Changes:
    yield from _same(live, new, "spec.clusterIP")


def _binding(live: Object, new: Object) -> Changes:
    yield from _same(live, new, "roleRef.kind", "roleRef.name")


_RULES: dict[str, Callable[[Object, Object], Changes]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "ConfigMap": _immutable_data,
    "Service": _service,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
}


def _containers(thing: Object) -> list[Any]:
    found: list[Any] = _at(thing, "spec.template.spec.containers") or []
    return found


def _more(one: Any, other: Any) -> bool:
    sizes = [quantity(str(amount)) for amount in (one, other) if amount is not None]
    if len(sizes) < 2 or sizes[0] is None or sizes[1] is None:
        return False
    return sizes[0] > sizes[1]


def _at(thing: Any, path: str) -> Any:
    for step in path.split("."):
        thing = thing.get(step) if isinstance(thing, dict) else None
    return thing


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
