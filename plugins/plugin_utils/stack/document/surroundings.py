# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections external, network and metrics: what is around the stack."""

from __future__ import annotations

from typing import Literal, TypedDict


class External(TypedDict):
    """Something outside; an empty cidr means any address."""

    host: str
    port: int
    scheme: str
    cidr: str


class Peer(TypedDict):
    """Pods of others; no labels means all of the namespace, no namespace means nobody knows."""

    namespace: str
    labels: dict[str, str]


class Dns(Peer):
    """The DNS server; `cidr` where it is no pod."""

    cidr: str


class ApiServer(TypedDict):
    """An empty cidr means any address."""

    cidr: str
    ports: list[int]


class Network(TypedDict):
    """What network policies need to know of the cluster."""

    policies: bool
    dns: Dns
    controller: Peer
    metrics: Peer
    operator: Peer
    autoscaler: Peer
    api_server: ApiServer


class Metrics(TypedDict):
    """Who collects metrics."""

    driver: Literal["none", "servicemonitor"]
    labels: dict[str, str]
