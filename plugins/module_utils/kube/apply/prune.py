# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletes what this role applied earlier and does not have any more; says why it keeps the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.deletion import delete
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import same
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import by_level, level
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import group_of
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    labels,
    metadata,
)

DATASTORE = "slipway.dev/datastore"
_DATA = ("PersistentVolumeClaim", "PersistentVolume", "Secret", "Namespace")
_USERS = (
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ControllerRevision"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("v1", "Pod"),
)
_IN_USE = "a live object refers to it"
_CONFIG_KEYS = ("configMap", "configMapRef", "configMapKeyRef")


class Stale(NamedTuple):
    """An object of the set that is not wanted any more. kept: why it stays, "" if it goes."""

    ref: Ref
    live: Object
    kept: str


def stale(work: Work, held: Iterable[Ref], wanted: Iterable[Ref]) -> list[Stale]:
    """Judge what the set has and the wanted objects have not; what is gone is left out."""
    current = {same(one) for one in wanted}
    served = [_served(work, one) for one in held if same(one) not in current]
    refs = [one for one in served if one]
    pairs = list(zip(refs, in_parallel(work.get, refs), strict=True))
    judged = [Stale(one, live, _reason(work, one, live)) for one, live in pairs if live]
    going = [one for one in judged if not one.kept]
    ending = {metadata(one.live)["uid"] for one in going if one.ref.kind != "ConfigMap"}
    spaces = {one.ref.namespace for one in going if one.ref.kind == "ConfigMap"}
    used = {
        Ref("v1", "ConfigMap", space, name)
        for space in spaces
        for name in used_config_maps(surviving(_users(work, space), ending))
    }
    return [one._replace(kept=_IN_USE) if one.ref in used else one for one in judged]


def prune(work: Work, judged: Sequence[Stale]) -> list[Stale]:
    """Delete what may go, what sends traffic first; return what went (or would go)."""
    going = [one for one in judged if not one.kept]
    for group in reversed(by_level([(level(one.ref.kind), one) for one in going])):
        in_parallel(lambda one: delete(work, one.ref, one.live), group)
    return going


def protected(ref: Ref, live: Object) -> str:
    """Why an object is never pruned, "" if it may be."""
    if ref.kind in _DATA:
        return f"a {ref.kind} holds data"
    if ref.kind == "CustomResourceDefinition":
        return "all objects of the kind would go with it"
    if DATASTORE in labels(live):
        return "it is a datastore"
    # A ScaledObject takes over the autoscaler that was there before it, with its labels.
    owners = metadata(live).get("ownerReferences") or []
    owner = next((one for one in owners if one.get("controller")), None)
    return f"{owner['kind']} {owner['name']} controls it now" if owner else ""


def used_config_maps(users: Iterable[Object]) -> set[str]:
    """Names of the ConfigMaps that pod templates anywhere in these objects refer to."""
    return {name for user in users for name in _config_names(user)}


def surviving(objects: Iterable[Object], ending: Iterable[str]) -> list[Object]:
    """The objects that do not go with the owners whose UIDs are in `ending`, nor on their own."""
    left = [obj for obj in objects if not metadata(obj).get("deletionTimestamp")]
    gone = set(ending)
    while more := {metadata(obj)["uid"] for obj in left if gone & _self_and_owners(obj)} - gone:
        gone |= more
    return [obj for obj in left if metadata(obj)["uid"] not in gone]


def _self_and_owners(obj: Object) -> set[str]:
    meta = metadata(obj)
    return {meta["uid"], *(owner["uid"] for owner in meta.get("ownerReferences") or [])}


def _reason(work: Work, ref: Ref, live: Object) -> str:
    if not work.owns(labels(live)):
        return "its labels say that it is not of this stack"
    return protected(ref, live)


def _config_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _CONFIG_KEYS and isinstance(inner, dict) and "name" in inner:
                yield inner["name"]
            yield from _config_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _config_names(inner)


def _served(work: Work, one: Ref) -> Ref | None:
    """The reference in a version that is still served; None: the kind is gone, objects too."""
    if work.kinds.knows(one.api_version, one.kind):
        return one
    version = work.kinds.served_version(group_of(one.api_version), one.kind)
    return Ref(version, one.kind, one.namespace, one.name) if version else None


def _users(work: Work, namespace: str) -> list[Object]:
    def listed(kind: tuple[str, str]) -> list[Object]:
        answer = work.client.request("GET", work.kinds.path(*kind, namespace))
        items: list[Object] = answer["items"]
        return items

    return [obj for found in in_parallel(listed, _USERS) for obj in found]


def refuse_empty(objects: Sequence[Object]) -> None:
    """An empty list is a mistake far more often than a wish to delete everything."""
    if not objects:
        raise KubeError(
            "state: pruned needs `objects`, all that is wanted now: an empty list would delete "
            "everything. To remove a role altogether use state: absent."
        )
