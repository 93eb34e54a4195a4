# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the watches have told so far. One thread writes and reads it; it asks nobody.

Finds what belongs to an object by index, so that a change costs the same among ten pods or ten
thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.slipway.stack.plugins.module_utils.health.needs import (
    BY_NAME,
    SELECTED,
    Collection,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    mapping,
    owner_uids,
    spec,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related, selects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    labels,
    metadata,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import Change, WatchEvent

Label = tuple[str, str, str]  # namespace, key, value


class Store:
    """Objects by collection and name, and by what they belong to."""

    def __init__(self) -> None:
        self._objects: dict[Collection, dict[str, Object]] = {}
        self._by_uid: dict[str, Object] = {}
        self._below: dict[str, dict[str, Object]] = {}  # owner's or subject's UID → UID → object
        # By a label of their pods: UID → workload, and UID → Service, each by its rarest one.
        self._workloads: dict[Label, dict[str, Object]] = {}
        self._services: dict[Label, dict[str, Object]] = {}
        self.lost: dict[Collection, str] = {}  # what is not known now, and why

    def update(self, collection: Collection, event: WatchEvent) -> list[Object]:
        """Take in one event; return the objects that it touched, as they are and as they were."""
        if event.change is Change.LOST:
            self.lost[collection] = event.error
            return []
        if event.change is Change.LISTED:
            self.lost.pop(collection, None)
            return self._replace(collection, event.objects)
        known = self._objects.setdefault(collection, {})
        before = known.pop(ref(event.object).name, None)
        self._drop(before)
        if event.change is not Change.DELETED:
            self._add(known, event.object)
        return [event.object, before] if before else [event.object]

    def get(self, wanted: Ref) -> Object | None:
        """Return the object of that name, if it is there."""
        return self._objects.get(_home(wanted), {}).get(wanted.name)

    def names(self, wanted: Ref) -> list[str]:
        """Return the names of the objects beside the wanted one."""
        return list(self._objects.get(_home(wanted), {}))

    def related(self, obj: Object) -> Related:
        """Return everything known around `obj`."""
        found = list(self._descendants(_uid(obj), set()))
        home = ref(obj).namespace
        near = [one for one in self._objects if one.namespace in ("", home)]
        found += self._behind(obj)
        by_name = BY_NAME.get(ref(obj).kind, frozenset())
        for one in (one for one in near if one.kind in by_name):
            for other in self._objects[one].values():
                found.append(other)
                if one.kind == "PersistentVolumeClaim":
                    found += self._below.get(_uid(other), {}).values()
        return Related(found, listed=[one.kind for one in near])

    def selecting(self, obj: Object) -> list[Object]:
        """Return the Services that select the pods of `obj`, a workload."""
        template = mapping(spec(obj).get("template"))
        found = (self._services.get(label, {}) for label in _labels_of_its_pods(obj))
        return [
            service
            for some in found
            for service in some.values()
            if selects(spec(service)["selector"], template)
        ]

    def known(self, uids: Iterable[str]) -> list[Object]:
        """Return the objects with these UIDs, of those that were read."""
        return [self._by_uid[uid] for uid in uids if uid in self._by_uid]

    def above(self, obj: Object) -> set[str]:
        """Return the UIDs of `obj` and of everything that it belongs to."""
        found, todo = set(), [_uid(obj)]
        todo += _belongs_to(obj)
        while todo:
            uid = todo.pop()
            if uid not in found:
                found.add(uid)
                todo += _belongs_to(self._by_uid.get(uid, {}))
        return found

    def _replace(self, collection: Collection, objects: Iterable[Object]) -> list[Object]:
        before = self._objects.get(collection, {})
        known: dict[str, Object] = {}
        for obj in before.values():
            self._drop(obj)
        for obj in objects:
            self._add(known, obj)
        self._objects[collection] = known
        return [*known.values(), *before.values()]

    def _add(self, known: dict[str, Object], obj: Object) -> None:
        metadata(obj).pop("managedFields", None)  # a third of the memory, and never read
        known[ref(obj).name] = obj
        self._by_uid[_uid(obj)] = obj
        for uid in _belongs_to(obj):
            self._below.setdefault(uid, {})[_uid(obj)] = obj
        for label in _labels_of_its_pods(obj):
            self._workloads.setdefault(label, {})[_uid(obj)] = obj
        if wanted := _labels_it_selects(obj):
            rarest = min(wanted, key=lambda label: len(self._services.get(label, {})))
            self._services.setdefault(rarest, {})[_uid(obj)] = obj

    def _drop(self, obj: Object | None) -> None:
        if obj is None:
            return
        self._by_uid.pop(_uid(obj), None)
        for uid in _belongs_to(obj):
            self._below.get(uid, {}).pop(_uid(obj), None)
        for label in _labels_of_its_pods(obj):
            self._workloads.get(label, {}).pop(_uid(obj), None)
        for label in _labels_it_selects(obj):
            self._services.get(label, {}).pop(_uid(obj), None)

    def _behind(self, obj: Object) -> Iterable[Object]:
        """Return workloads of which a Service selects the pods, and perhaps some more."""
        found = [self._workloads.get(label, {}) for label in _labels_it_selects(obj)]
        return min(found, key=len, default={}).values()

    def _descendants(self, uid: str, seen: set[str]) -> Iterator[Object]:
        if uid in seen:
            return
        seen.add(uid)
        for below, obj in self._below.get(uid, {}).items():
            yield obj
            yield from self._descendants(below, seen)


def _labels_of_its_pods(obj: Object) -> list[Label]:
    found = mapping(spec(obj).get("template")) if obj.get("kind") in SELECTED else {}
    return [(ref(obj).namespace, *pair) for pair in labels(found).items()]


def _labels_it_selects(obj: Object) -> list[Label]:
    found = spec(obj).get("selector") if obj.get("kind") == "Service" else None
    return [(ref(obj).namespace, *pair) for pair in (found or {}).items()]


def _home(wanted: Ref) -> Collection:
    return Collection(wanted.api_version, wanted.kind, wanted.namespace)


def _uid(obj: Object) -> str:
    return str(metadata(obj).get("uid") or metadata(obj).get("name"))


def _belongs_to(obj: Object) -> set[str]:
    """UIDs of its owners, or of what the event is about."""
    about = (obj.get("involvedObject") or {}).get("uid")
    return {str(about)} if about else owner_uids(obj)
