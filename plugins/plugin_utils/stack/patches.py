# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches: the escape hatch for what the stack file has no words for.

A patch is laid over one rendered object. It may not touch what everything else relies on: names,
selectors and managed labels and annotations; nor Secrets, whose values never stand in a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    find,
    items,
    mark_at,
    plain,
)

Object = dict[str, Any]
Steps = tuple[str, ...]

_MANAGED = ("app.kubernetes.io/", "slipway.dev/")
_FIXED = (
    ("apiVersion",),
    ("kind",),
    ("status",),
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("spec", "selector"),
)


def patched(objects: Iterable[Object], changes: Sequence[Mapping[str, Any]]) -> list[Object]:
    """Return the objects with every patch laid over the one that it names."""
    return [_with(obj, [one for one in changes if _matches(one, obj)]) for obj in objects]


def patches(tree: Node, objects: Sequence[Object]) -> Iterator[Finding]:
    """Yield the patches that match not exactly one object, or touch what they may not.

    objects: all objects of the stack, rendered.
    """
    for index, node in enumerate(items(find(tree, ("patches",)))):
        patch = plain(node)
        path: Path = ("patches", index)
        matching = [obj for obj in objects if _matches(patch, obj)]
        if len(matching) != 1:
            yield _no_target(path, node, patch, objects, len(matching))
        for steps in _touched(patch["merge"]):
            if reason := _forbidden(patch, steps):
                mark = mark_at(node, ("merge", *steps))
                where = (*path, "merge", *steps)
                yield Finding("patch-forbidden", where, reason, mark, "Remove it from the patch.")


def _no_target(
    path: Path,
    node: Node,
    patch: Mapping[str, Any],
    objects: Sequence[Object],
    number: int,
) -> Finding:
    target = patch["target"]
    kind, name = target["kind"], target["name"]
    message = f"{number} objects are {kind} {name}, a patch needs exactly one"
    known = [_title(obj) for obj in objects if obj["kind"] == kind]
    there = f"Of this kind there are {', '.join(known)}." if known else "There is none."
    fix = nearest(name, known).strip() or there
    return Finding("patch-target", (*path, "target"), message, mark_at(node, ("target",)), fix)


def _matches(patch: Mapping[str, Any], obj: Object) -> bool:
    target = patch["target"]
    return obj["kind"] == target["kind"] and target["name"] in (
        obj["metadata"]["name"],
        _title(obj),
    )


def _title(obj: Object) -> str:
    """The name that people know: that of a ConfigMap ends with a hash."""
    name: str = obj["metadata"]["name"]
    stem, _dash, last = name.rpartition("-")
    hashed = obj["kind"] == "ConfigMap" and obj.get("immutable") and len(last) == 8
    return stem if hashed else name


def _with(obj: Object, changes: Sequence[Mapping[str, Any]]) -> Object:
    for patch in changes:
        obj = _merged(obj, patch["merge"])
    return obj


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        kept = {key: value for key, value in below.items() if above.get(key, value) is not None}
        laid = {
            key: _merged(kept.get(key), value) for key, value in above.items() if value is not None
        }
        return {**kept, **laid}
    if isinstance(below, list) and _named(below) and isinstance(above, list) and _named(above):
        return _merged_items(below, above)
    return above


def _merged_items(below: list[Any], above: list[Any]) -> list[Any]:
    by_name = {item["name"]: item for item in below}
    by_name |= {item["name"]: _merged(by_name.get(item["name"]), item) for item in above}
    return list(by_name.values())


def _named(values: list[Any]) -> bool:
    return all(isinstance(value, dict) and isinstance(value.get("name"), str) for value in values)


def _touched(part: Any, steps: Steps = ()) -> Iterator[Steps]:
    if isinstance(part, dict) and part:
        for key, value in part.items():
            yield from _touched(value, (*steps, str(key)))
    else:
        yield steps


def _forbidden(patch: Mapping[str, Any], steps: Steps) -> str:
    if patch["target"]["kind"] == "Secret":
        return "values of Secrets never stand in a file"
    if steps and any(steps[: len(fixed)] == fixed[: len(steps)] for fixed in _FIXED):
        return "names and selectors are what everything else relies on"
    notes = "labels" in steps or "annotations" in steps
    if notes and (steps[-1].startswith(_MANAGED) or steps[-1] in ("labels", "annotations")):
        return "labels and annotations of this project are its own"
    return ""
