# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section workloads: what runs, how its health is asked for, and how it scales."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.processes import (
    FromSecret,
    Process,
)


class Check(TypedDict, total=False):
    """One probe, empty where there is none: its own handler or that of the health; in seconds."""

    path: str
    port: str
    host: str
    exec: list[str]
    tcp: str
    grpc: int
    period: int
    timeout: int
    failures: int
    delay: int


class Health(TypedDict):
    """One of http (port, host and its probes), exec, tcp, grpc, or none; budget in seconds."""

    startup_budget: int
    period: NotRequired[int]
    timeout: NotRequired[int]
    failures: NotRequired[int]
    port: NotRequired[str]
    host: NotRequired[str]
    live: NotRequired[Check]
    ready: NotRequired[Check]
    startup: NotRequired[Check]
    exec: NotRequired[list[str]]
    tcp: NotRequired[str]
    grpc: NotRequired[int]


class Drain(TypedDict):
    """Seconds."""

    propagation: int
    work: int


class Trigger(TypedDict):
    """An event that KEDA scales by; `auth`: parameter → secret."""

    type: str
    metadata: dict[str, str]
    auth: dict[str, FromSecret]


class Scale(TypedDict, total=False):
    """`replicas`, `singleton`, or `min` and `max` with what it scales by."""

    replicas: int
    singleton: bool
    min: int
    max: int
    cpu: int
    memory: int
    triggers: dict[str, Trigger]
    polling: int
    cooldown: int


class Container(Process):
    """An init container or a sidecar; `mounts` names volumes of the workload."""

    mounts: list[str]
    ports: dict[str, int]


class Workload(Process):
    """`migrations` must have passed and `needs` be ready before it starts."""

    kind: Literal["Deployment", "StatefulSet", "Job", "CronJob"]
    ports: dict[str, int]
    service: bool
    health: Health
    drain: Drain
    scale: Scale
    migrations: list[str]
    after: list[str]
    needs: list[str]
    account: str
    init: dict[str, Container]
    sidecars: dict[str, Container]
    volumes: dict[str, dict[str, Any]]
    budget: dict[str, int | str]
    strategy: dict[str, int | str | bool]
    share_processes: bool
    security: dict[str, Any]
    labels: dict[str, str]
    annotations: dict[str, str]
    schedule_on: dict[str, Any]
    pool: int
    metrics: dict[str, str | int]
    timeout: NotRequired[int]
    retries: NotRequired[int]
    schedule: NotRequired[str]
    time_zone: NotRequired[str]
    concurrency: NotRequired[str]
