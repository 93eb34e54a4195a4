# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before an object is applied: its namespace, its kind, the Secrets it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.live import Live
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.seal import seal


class Coming:
    """What this run, or in check mode an earlier step of the real run, brings before an object."""

    def __init__(self, work: Work, objects: Sequence[Object], live: Sequence[Live]) -> None:
        """objects: what is planned. live: what there is of each."""
        names = [obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"]
        self._namespaces = frozenset(names)
        self._secrets: dict[Ref, Object] = {}
        self._live = {ref(one): one for one in live if _is_secret(one)}
        self._work = work

    def filled(self, planned: Iterable[Object]) -> None:
        """Remember the Secrets among the planned objects."""
        self._secrets |= {ref(obj): obj for obj in planned if obj["kind"] == "Secret"}

    def look_up(self, sealing: Iterable[Object]) -> None:
        """Read each Secret that these objects seal once."""
        refs = sorted({one for obj in sealing for one in sealed_by(obj)} - self._live.keys())
        for one, live in zip(refs, in_parallel(self._work.get, refs), strict=True):
            self._live[one] = live or {}

    def secret(self, namespace: str, name: str) -> Object:
        """The data of a Secret as this run leaves it, {} if there is none."""
        one = Ref("v1", "Secret", namespace, name)
        live = self._live[one] if one in self._live else self._work.get(one) or {}
        made = self._secrets.get(one, {})
        return {"data": (live.get("data") or {}) | (made.get("data") or {})}

    def kind(self, obj: Object) -> bool:
        """Whether the object's kind is not served yet."""
        return not self._work.kinds.knows(obj["apiVersion"], obj["kind"])

    def namespace(self, obj: Object, error: ApiError) -> bool:
        """Whether the refusal only says that the object's namespace is not there yet."""
        missing = error.status == 404 and error.details.get("kind") == "namespaces"
        return missing and (self._work.check or ref(obj).namespace in self._namespaces)


def sealed_by(obj: Object) -> list[Ref]:
    """The Secrets whose values a pod template is sealed with."""
    found, space = seal(obj), obj["metadata"].get("namespace", "")
    return [Ref("v1", "Secret", space, name) for name in found.secrets] if found else []


def _is_secret(live: Live) -> TypeGuard[Object]:
    return isinstance(live, dict) and live["kind"] == "Secret"
