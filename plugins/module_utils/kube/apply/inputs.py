# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the objects that were handed over and completes their namespaces. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import (
    Discovery,
    group_of,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    from_dict,
    ref,
)

# What we write has the same fields in these older versions.
SAME_IN = {
    ("external-secrets.io/v1", "ExternalSecret"): ("external-secrets.io/v1beta1",),
}


class InputError(KubeError):
    """Objects that cannot be sent; names all of them."""


def prepare(
    objects: Sequence[Mapping[str, Any]], namespace: str, kinds: Discovery, *, check: bool
) -> list[Object]:
    """Return the objects, each with its namespace; those that were given stay as they are.

    check: a kind of a whole API group that is not served may be brought by an earlier step of
    the real run, and is let through. Raises InputError with all complaints at once.
    """
    complaints = _malformed(objects)
    if not complaints:
        objects = [_in_served_version(obj, kinds) for obj in objects]
        complaints = _unknown_kinds(objects, kinds, check=check)
    if complaints:
        raise InputError("\n".join(complaints))
    coming = coming_kinds(objects)
    ready = [_placed(obj, namespace, kinds, coming) for obj in objects]
    if twice := [str(one) for one, count in Counter(map(ref, ready)).items() if count > 1]:
        raise InputError(f"Given more than once: {', '.join(twice)}. Keep one of each.")
    return ready


def coming_kinds(objects: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], bool]:
    """The kinds that CustomResourceDefinitions among the objects bring: → whether namespaced."""
    found = {}
    for obj in objects:
        if obj["kind"] == "CustomResourceDefinition":
            spec = obj["spec"]
            for version in spec["versions"]:
                key = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
                found[key] = spec["scope"] == "Namespaced"
    return found


def same(one: Ref) -> tuple[str, str, str, str]:
    """What is equal for two Refs of one object, in whatever version it is served."""
    return group_of(one.api_version), one.kind, one.namespace, one.name


def refs_of(dicts: Sequence[Mapping[str, str]]) -> list[Ref]:
    """Return Refs of result dicts."""
    return [from_dict(value) for value in dicts]


def _malformed(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for index, obj in enumerate(objects):
        meta = obj.get("metadata")
        name = meta.get("name") if isinstance(meta, Mapping) else None
        parts = {"apiVersion": obj.get("apiVersion"), "kind": obj.get("kind")}
        parts["metadata.name"] = name
        if missing := [key for key, value in parts.items() if not isinstance(value, str)]:
            what = f"{obj.get('kind', 'object')} {name or ''}".strip()
            found.append(f"objects[{index}] ({what}) needs a string in {', '.join(missing)}.")
    return found


def _unknown_kinds(
    objects: Sequence[Mapping[str, Any]], kinds: Discovery, *, check: bool
) -> list[str]:
    coming = coming_kinds(objects)
    asked = dict.fromkeys((obj["apiVersion"], obj["kind"]) for obj in objects)
    return [
        kinds.unknown(*kind)
        for kind in asked
        if not (kinds.knows(*kind) or kind in coming)
        and not (check and not kinds.serves_group(group_of(kind[0])))
    ]


def _in_served_version(obj: Mapping[str, Any], kinds: Discovery) -> Mapping[str, Any]:
    """Return the object in a version that is served, where an older one means the same."""
    if kinds.knows(obj["apiVersion"], obj["kind"]):
        return obj
    for version in SAME_IN.get((obj["apiVersion"], obj["kind"]), ()):
        if kinds.knows(version, obj["kind"]):
            return {**obj, "apiVersion": version}
    return obj


def _placed(
    obj: Mapping[str, Any],
    namespace: str,
    kinds: Discovery,
    coming: Mapping[tuple[str, str], bool],
) -> Object:
    copy = {**obj, "metadata": dict(obj["metadata"])}
    kind = copy["apiVersion"], copy["kind"]
    namespaced = kinds.namespaced(*kind) if kinds.knows(*kind) else coming.get(kind, True)
    if not namespaced:
        copy["metadata"].pop("namespace", None)
    elif not copy["metadata"].get("namespace"):
        copy["metadata"]["namespace"] = namespace
    return copy
