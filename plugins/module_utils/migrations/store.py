# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate asks of the API server, in one namespace: the edge between rules and requests.

Lists are quorum reads (no resourceVersion is given), since a stale list would reuse a slot.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any, Protocol

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, labels
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import (
    OWED,
    Owed,
    Record,
    parse,
    parse_owed,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.steps import Scene

GROUPS = {"jobs": "apis/batch/v1", "leases": "apis/coordination.k8s.io/v1"}
REQUEST_S = 10.0
"""Shorter than the Lease by far: a hanging request must not cost it."""


class Requests(Protocol):
    """The part of kube.client.Client that the gate needs."""

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        timeout_s: float = 30.0,
    ) -> dict[str, Any]:
        """Send JSON, return JSON. Raises ApiError and ConnectError."""

    def chunks(
        self, path: str, *, query: Mapping[str, Any] | None = None, timeout_s: float | None = None
    ) -> Generator[bytes, None, None]:
        """Yield bytes as they come."""


class Store:
    """Objects of one namespace, by plural kind (``jobs``, ``configmaps``, …).

    home: the namespace of the pods that refer to markers; the same one, unless a database is shared
    by several namespaces.
    """

    def __init__(self, client: Requests, namespace: str, home: str = "") -> None:
        self.client = client
        self.namespace = namespace
        self.home: Store = Store(client, home) if home not in ("", namespace) else self

    def path(self, kind: str, name: str = "", subresource: str = "") -> str:
        """Return the path of a kind or of one object."""
        group = GROUPS.get(kind, "api/v1")
        parts = (group, "namespaces", self.namespace, kind, name, subresource)
        return "/" + "/".join(part for part in parts if part)

    def get(self, kind: str, name: str) -> Object | None:
        """Return the object, None if there is none."""
        try:
            return self._send("GET", self.path(kind, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def find(self, kind: str, **query: str) -> list[Object]:
        """Return the objects that match; query as the API has it (labelSelector, …)."""
        items = self._send("GET", self.path(kind), query=query)["items"]
        return [dict(item) for item in items]

    def create(self, kind: str, body: Object, *, dry_run: bool = False) -> Object:
        """Create the object. Raises ApiError 409 if it exists."""
        query = {"fieldValidation": "Strict"} | ({"dryRun": "All"} if dry_run else {})
        return self._send("POST", self.path(kind), query=query, body=body)

    def create_once(self, kind: str, body: Object) -> None:
        """Create the object, unless a deployer who died here has."""
        try:
            self.create(kind, body)
        except ApiError as error:
            if error.status != 409:
                raise

    def replace(self, kind: str, body: Object) -> Object:
        """Put the object in place of the version it carries. Raises ApiError 409 if that is old."""
        return self._send("PUT", self.path(kind, body["metadata"]["name"]), body=body)

    def patch(self, kind: str, name: str, body: Object) -> Object | None:
        """Merge `body` into the object; None if it is gone."""
        try:
            return self._send(
                "PATCH",
                self.path(kind, name),
                body=body,
                content_type="application/merge-patch+json",
            )
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def ask(self, kind: str, body: Object) -> Object:
        """Create a review of authorization.k8s.io (they are not kept)."""
        path = f"/apis/authorization.k8s.io/v1/{kind}"
        return self._send("POST", path, body=body)

    def delete(self, kind: str, name: str) -> None:
        """Delete the object and what it owns; nothing to do if it is gone."""
        try:
            query = {"propagationPolicy": "Background"}
            self._send("DELETE", self.path(kind, name), query=query)
        except ApiError as error:
            if error.status != 404:
                raise

    def records(self, database: str) -> tuple[Record, ...]:
        """Return every record of a database."""
        return self.kept(slots.selector(database))[0]

    def kept(self, selector: str) -> tuple[tuple[Record, ...], tuple[Owed, ...]]:
        """Return records, and notes of what is due, by one request."""
        wanted = f"{slots.RECORD} in (passed,failed,owed)"
        found = self.find("configmaps", labelSelector=",".join(filter(None, (selector, wanted))))
        due = [each for each in found if labels(each)[slots.RECORD] == OWED]
        over = [each for each in found if labels(each)[slots.RECORD] != OWED]
        return tuple(map(parse, over)), tuple(map(parse_owed, due))

    def scene(self, database: str) -> Scene:
        """Return Jobs and records of a database.

        Jobs first: a Job whose record is written between the two reads then has its record here;
        the other way round it would seem recorded, without a record, and would be run again.
        """
        jobs = tuple(self.find("jobs", labelSelector=slots.selector(database)))
        records, owed = self.kept(slots.selector(database))
        return Scene(records, jobs, owed)

    def known(self, database: str) -> Scene:
        """Return what is recorded of a database, without its Jobs."""
        records, owed = self.kept(slots.selector(database))
        return Scene(records, (), owed)

    def pods(self, job: Object) -> list[Object]:
        """Return the Job's pods, the newest last."""
        uid = job["metadata"]["uid"]
        found = self.find("pods", labelSelector=f"batch.kubernetes.io/controller-uid={uid}")
        return sorted(found, key=lambda pod: pod["metadata"].get("creationTimestamp", ""))

    def live_pods(self, database: str) -> list[Object]:
        """Return the pods that may still run SQL on a database, whatever became of their Jobs."""
        found = self.find("pods", labelSelector=slots.selector(database))
        return [pod for pod in found if pod["status"].get("phase") not in ("Succeeded", "Failed")]

    def events(self, about: Iterable[Object]) -> list[Object]:
        """Return the events about these objects, oldest first."""
        found: list[Object] = []
        for obj in about:
            uid = obj["metadata"]["uid"]
            found += self.find("events", fieldSelector=f"involvedObject.uid={uid}")
        return sorted(found, key=_when)

    def _send(self, method: str, path: str, **options: Any) -> Object:
        return self.client.request(method, path, timeout_s=REQUEST_S, **options)


def _when(event: Object) -> str:
    made = event["metadata"].get("creationTimestamp")
    return str(event.get("lastTimestamp") or event.get("eventTime") or made or "")
