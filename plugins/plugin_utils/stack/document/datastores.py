# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section datastores: servers of data, whoever runs them."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.processes import (
    Resources,
)


class DatabaseRole(TypedDict):
    """A role of a database besides its user."""

    access: Literal["none", "read", "write"]
    replication: bool


class Bucket(TypedDict):
    """A bucket, by its name at the server."""

    name: str


class Datastore(TypedDict):
    """A server of data; the keys of other types and drivers are absent."""

    type: Literal["postgres", "redis", "s3"]
    version: str
    driver: Literal["container", "operator", "external"]
    host: str
    port: int
    tls: bool
    secret: str
    keys: dict[str, str]
    database: NotRequired[str]
    user: NotRequired[str]
    extensions: NotRequired[list[str]]
    schemas: NotRequired[list[str]]
    roles: NotRequired[dict[str, DatabaseRole]]
    max_connections: NotRequired[int]
    persistence: NotRequired[bool]
    eviction: NotRequired[str]
    auth: NotRequired[bool]
    region: NotRequired[str]
    buckets: NotRequired[dict[str, Bucket]]
    image: NotRequired[str]
    instances: NotRequired[int]
    storage: NotRequired[str]
    storage_class: NotRequired[str]
    resources: NotRequired[Resources]
    conf: NotRequired[dict[str, str]]
    cidr: NotRequired[str]
    incarnation: NotRequired[str]
    migrations_namespace: NotRequired[str]
