# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known around one object: its pods, events, classes. Absence proves something only where
the whole list of a kind was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    owner_uids,
    owners,
    seconds,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    labels,
    metadata,
)


class Related:
    """Objects by kind."""

    def __init__(self, objects: Iterable[Object] = (), listed: Iterable[str] = ()) -> None:
        """listed: kinds of which every object in reach is in `objects`."""
        self._by_kind: dict[str, list[Object]] = {}
        self._listed = frozenset(listed)
        for obj in objects:
            self._by_kind.setdefault(str(obj.get("kind")), []).append(obj)

    def of(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        return self._by_kind.get(kind, [])

    def named(self, kind: str, name: str) -> Object | None:
        """Return the object of that kind and name, if it is here."""
        return next((obj for obj in self.of(kind) if metadata(obj).get("name") == name), None)

    def lacks(self, kind: str, name: str) -> bool:
        """Whether it is certain that no such object exists."""
        return kind in self._listed and self.named(kind, name) is None

    def all_known(self, kind: str) -> bool:
        """Whether the whole list of this kind was read."""
        return kind in self._listed

    def owned(self, kind: str, owner: Object) -> list[Object]:
        """Return the objects of `kind` that `owner` controls."""
        return [obj for obj in self.of(kind) if _owns(owner, obj)]

    def events(self, obj: Object) -> list[Object]:
        """Return the events about `obj`, newest first."""
        found = [event for event in self.of("Event") if _about(event, obj)]
        return sorted(found, key=event_time, reverse=True)


def event_time(event: Mapping[str, Any]) -> float:
    """Return when an event was last seen, 0 if it does not say."""
    series = event.get("series") or {}
    for stamp in (
        series.get("lastObservedTime"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        event.get("firstTimestamp"),
        metadata(event).get("creationTimestamp"),
    ):
        if at := seconds(stamp):
            return at
    return 0.0


def selects(selector: Mapping[str, Any] | None, obj: Object) -> bool:
    """Whether equality labels (a Service's selector, matchLabels) match; an empty one does not."""
    have = labels(obj)
    return bool(selector) and all(have.get(key) == value for key, value in (selector or {}).items())


def _owns(owner: Object, obj: Object) -> bool:
    uid = metadata(owner).get("uid")
    if uid and owner_uids(obj):
        return uid in owner_uids(obj)
    if owners(obj):
        return any(
            one.get("kind") == owner.get("kind") and one.get("name") == metadata(owner).get("name")
            for one in owners(obj)
        )
    selector = (owner.get("spec") or {}).get("selector") or {}
    return selects(selector.get("matchLabels", selector), obj)


def _about(event: Object, obj: Object) -> bool:
    target = event.get("involvedObject") or event.get("regarding") or {}
    uid = metadata(obj).get("uid")
    if uid and target.get("uid"):
        return bool(target["uid"] == uid)
    return target.get("kind") == obj.get("kind") and target.get("name") == metadata(obj).get("name")
