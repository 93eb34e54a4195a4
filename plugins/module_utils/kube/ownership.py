# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether applying an object would change nothing, from what the API server says of it. Pure.

A live object's ``managedFields`` name the fields that each manager applied last. If ours are
exactly the fields of the desired object and the live values equal the desired ones, the
server-side apply is a no-op and need not be sent. Where that is not certain the answer is no:
an apply that changes nothing is cheap, one that is left out by mistake is a lie.
Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/ and "FieldsV1".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity

MANAGER = "slipway"

Fields = Mapping[str, Any]

_IDENTITY = frozenset(("apiVersion", "kind", "status"))  # never in the fields of an apply
_NAMES = frozenset(("name", "namespace"))
_QUANTITIES = frozenset(("limits", "requests", "hard", "sizeLimit", "capacity"))
# What the API server adds to the items of a list that it keeps as one value.
_ADDED: dict[str, list[tuple[tuple[str, ...], Any]]] = {
    "volumeClaimTemplates": [
        (("apiVersion",), "v1"),
        (("kind",), "PersistentVolumeClaim"),
        (("spec", "volumeMode"), "Filesystem"),
        (("status",), {"phase": "Pending"}),
    ],
}
_ABSENT = object()


def settled(desired: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Whether our last apply was exactly `desired` and the live object still has its values."""
    fields = applied_fields(live, desired["apiVersion"])
    if fields is None:
        return False
    wanted = {key: value for key, value in desired.items() if key not in _IDENTITY}
    meta = wanted.pop("metadata", {})
    if noted := {key: value for key, value in meta.items() if key not in _NAMES}:
        wanted["metadata"] = noted
    return _same_map(wanted, live, fields, "")


def applied_fields(live: Mapping[str, Any], api_version: str) -> Fields | None:
    """Return FieldsV1 of our last apply, None if we never applied in this apiVersion."""
    for entry in live.get("metadata", {}).get("managedFields", []):
        ours = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
        if ours and not entry.get("subresource") and entry.get("apiVersion") == api_version:
            fields: Fields = entry.get("fieldsV1", {})
            return fields
    return None


def _same(desired: Any, live: Any, fields: Fields, name: str) -> bool:
    """Compare one value. fields: what we own below it, {} for a leaf. name: its key."""
    below = {key: value for key, value in fields.items() if key != "."}
    if not below:
        return _same_leaf(desired, live, name)
    if isinstance(desired, dict):
        return isinstance(live, dict) and _same_map(desired, live, below, name)
    if not (isinstance(desired, list) and isinstance(live, list)):
        return False
    if all(key.startswith("k:") for key in below):
        return _same_items(desired, live, below)
    return _same_set(desired, live, below)


def _same_map(
    desired: Mapping[str, Any], live: Mapping[str, Any], fields: Fields, name: str
) -> bool:
    if {f"f:{key}" for key in desired} != {key for key in fields if key != "."}:
        return False
    inner = name if name in _QUANTITIES else ""
    return all(
        _same(value, live.get(key, _ABSENT), fields[f"f:{key}"], inner or key)
        for key, value in desired.items()
    )


def _same_items(desired: list[Any], live: list[Any], fields: Fields) -> bool:
    """Compare an associative list: items found by key fields, in the desired order."""
    if len(desired) != len(fields):
        return False
    places = []
    for item in desired:
        names = [name for name in fields if _has_keys(item, name, missing_is_default=True)]
        if len(names) != 1:
            return False
        found = [place for place, other in enumerate(live) if _has_keys(other, names[0])]
        if len(found) != 1 or not _same(item, live[found[0]], fields[names[0]], ""):
            return False
        places.append(found[0])
    return places == sorted(places) and len(set(places)) == len(places)


def _has_keys(item: Any, name: str, *, missing_is_default: bool = False) -> bool:
    """name: such as ``k:{"containerPort":80,"protocol":"TCP"}``; a default may be unwritten."""
    if not isinstance(item, dict):
        return False
    keys = json.loads(name.removeprefix("k:"))
    if missing_is_default and not keys.keys() & item.keys():
        return False
    return all(
        item.get(key, value if missing_is_default else _ABSENT) == value
        for key, value in keys.items()
    )


def _same_set(desired: list[Any], live: list[Any], fields: Fields) -> bool:
    """Compare a list that is a set, such as finalizers, in the desired order."""
    if not all(key.startswith("v:") for key in fields):
        return False
    owned = [json.loads(key.removeprefix("v:")) for key in fields]
    ours = [item for item in live if item in desired]
    return ours == desired and all(item in owned for item in desired) and len(owned) == len(ours)


def _same_leaf(desired: Any, live: Any, name: str) -> bool:
    if desired is None:
        return False
    if live is _ABSENT:  # the server leaves out a zero value that it was given
        return not desired
    if isinstance(desired, bool) or isinstance(live, bool):
        return desired is live
    if desired == live:
        return True
    if name in _ADDED:
        return bool(desired == _as_given(desired, live, _ADDED[name]))
    if name in _QUANTITIES and isinstance(desired, str | int | float) and isinstance(live, str):
        number = quantity(desired)
        return number is not None and number == quantity(live)
    return False


def _as_given(desired: Any, live: Any, added: list[tuple[tuple[str, ...], Any]]) -> Any:
    """Return the live items without what the server added to those that did not say it."""
    if not (isinstance(desired, list) and isinstance(live, list) and len(desired) == len(live)):
        return live
    found = []
    for wanted, item in zip(desired, live, strict=True):
        given = item
        for path, value in added:
            if _at(wanted, path) is _ABSENT and _at(given, path) == value:
                given = _without(given, path)
        found.append(given)
    return found


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


def _without(value: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    key, rest = path[0], path[1:]
    inner = {key: _without(value[key], rest)} if rest else {}
    return {name: item for name, item in value.items() if name != key} | inner
