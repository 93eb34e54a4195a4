# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections sites, routes, ingress and verify: how a visitor reaches the stack."""

from __future__ import annotations

from typing import Literal, TypedDict


class Certificate(TypedDict, total=False):
    """Who has the certificate of a host; empty texts for what it is not."""

    issuer: str
    kind: str
    secret: str


class Site(TypedDict):
    """A host; `tls` is empty where it has none."""

    host: str
    tls: Certificate


class Route(TypedDict):
    """`origin` is scheme, host and port; `url` has the path, too.

    timeout and max_idle in seconds; 0 and empty texts leave it to the controller.
    """

    site: str
    host: str
    url: str
    origin: str
    path: str
    to: str
    port: str
    exact: bool
    strip: bool
    body: str
    timeout: int
    stream: bool
    max_idle: int
    annotations: dict[str, str]


class Hook(TypedDict):
    """What a visitor does after a deployment; `body` is JSON text, `within` seconds.

    chunks: how many pieces a streamed answer must come in, 0 of one that is none.
    """

    route: str
    path: str
    method: str
    body: str
    status: list[int]
    contains: str
    chunks: int
    within: int


class Gateway(TypedDict):
    """The Gateway that HTTPRoutes attach to."""

    namespace: str
    name: str
    section: str


Ingress = TypedDict(
    "Ingress",
    {
        "driver": Literal["gateway", "ingress", "none"],
        "class": str,
        "controller": str,
        "gateway": Gateway,
        "scheme": Literal["http", "https"],
        "port": int,
        "tls_port": int,
        "address": str,
        "annotations": dict[str, str],
        "max_idle": int,
    },
)
