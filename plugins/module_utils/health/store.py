# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the watches have told so far. One thread writes and reads it; it asks nobody.

Finds what belongs to an object by index, so that a change costs the same among ten pods or ten
thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.slipway.stack.plugins.module_utils.health.needs import BY_NAME, Collection
from ansible_collections.slipway.stack.plugins.module_utils.health.read import owner_uids
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    metadata,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import Change, WatchEvent


class Store:
    """Objects by collection and name, and by what they belong to."""

    def __init__(self) -> None:
        self._objects: dict[Collection, dict[str, Object]] = {}
        self._by_uid: dict[str, Object] = {}
        self._below: dict[str, dict[str, Object]] = {}  # owner's or subject's UID → UID → object
        self.lost: dict[Collection, str] = {}  # what is not known now, and why

    def update(self, collection: Collection, event: WatchEvent) -> list[Object]:
        """Take in one event; return the objects that it touched."""
        if event.change is Change.LOST:
            self.lost[collection] = event.error
            return []
        if event.change is Change.LISTED:
            self.lost.pop(collection, None)
            return self._replace(collection, event.objects)
        known = self._objects.setdefault(collection, {})
        self._drop(known.pop(ref(event.object).name, None))
        if event.change is not Change.DELETED:
            self._add(known, event.object)
        return [event.object]

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
        by_name = BY_NAME.get(ref(obj).kind, frozenset())
        for one in (one for one in near if one.kind in by_name):
            for other in self._objects[one].values():
                found.append(other)
                if one.kind == "PersistentVolumeClaim":
                    found += self._below.get(_uid(other), {}).values()
        return Related(found, listed=[one.kind for one in near])

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
        return [*known.values(), *(obj for name, obj in before.items() if name not in known)]

    def _add(self, known: dict[str, Object], obj: Object) -> None:
        metadata(obj).pop("managedFields", None)  # a third of the memory, and never read
        known[ref(obj).name] = obj
        self._by_uid[_uid(obj)] = obj
        for uid in _belongs_to(obj):
            self._below.setdefault(uid, {})[_uid(obj)] = obj

    def _drop(self, obj: Object | None) -> None:
        if obj is None:
            return
        self._by_uid.pop(_uid(obj), None)
        for uid in _belongs_to(obj):
            self._below.get(uid, {}).pop(_uid(obj), None)

    def _descendants(self, uid: str, seen: set[str]) -> Iterator[Object]:
        if uid in seen:
            return
        seen.add(uid)
        for below, obj in self._below.get(uid, {}).items():
            yield obj
            yield from self._descendants(below, seen)


def _home(wanted: Ref) -> Collection:
    return Collection(wanted.api_version, wanted.kind, wanted.namespace)


def _uid(obj: Object) -> str:
    return str(metadata(obj).get("uid") or metadata(obj).get("name"))


def _belongs_to(obj: Object) -> set[str]:
    """UIDs of its owners, or of what the event is about."""
    about = (obj.get("involvedObject") or {}).get("uid")
    return {str(about)} if about else owner_uids(obj)
