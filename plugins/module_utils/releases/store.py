# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes the records of one stack's releases."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.releases.record import (
    LABEL,
    Release,
    Stack,
    parse,
    prefix,
    resolved,
    to_config_map,
)


class Store:
    """The records of one stack in its namespace. Raises KubeError."""

    def __init__(self, client: Client, namespace: str, stack: str) -> None:
        """Ask nothing yet."""
        self._client = client
        self._namespace = namespace
        self._stack = stack

    def releases(self) -> list[Release]:
        """Return all releases; none where the namespace does not exist yet."""
        query = {"labelSelector": f"{LABEL}={self._stack}"}
        found = self._client.request("GET", self._path(), query=query)
        return [parse(item) for item in found["items"]]

    def resolved(self, release: Release) -> Stack:
        """Return the resolved stack of a release."""
        return resolved(self._record(release))

    def add(self, release: Release, stack: Stack) -> bool:
        """Write a record; False if somebody else wrote that number meanwhile."""
        try:
            self._client.request(
                "POST", self._path(), body=to_config_map(release, stack, self._namespace)
            )
        except ApiError as error:
            if error.reason == "AlreadyExists":
                return False
            raise
        return True

    def forget(self, release: Release) -> None:
        """Delete a record that may be gone already."""
        try:
            self._client.request("DELETE", self._path(release.number))
        except ApiError as error:
            if error.status != 404:
                raise

    def _record(self, release: Release) -> dict[str, Any]:
        return self._client.request("GET", self._path(release.number))

    def _path(self, number: int = 0) -> str:
        all_of_them = f"/api/v1/namespaces/{self._namespace}/configmaps"
        return f"{all_of_them}/{prefix(self._stack)}{number}" if number else all_of_them
