# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health and shutdown of a workload as a container knows them: probes, preStop, grace period."""

from __future__ import annotations

from typing import Any

STARTUP_PERIOD_S = 2
SLEEP_ACTION_SINCE = (
    1,
    30,
)  # https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
SPARE_S = 5


def probes(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the probes of a container, by their Kubernetes names; none without ``health``.

    Liveness is asked rarely and forgives much: a restart is the last resort. Startup covers the
    whole budget, so that a slow start is not a crash.
    """
    health = spec.get("health")
    if not health:
        return {}
    live = _handler(health, health.get("live"))
    ready = _handler(health, health.get("ready") or health.get("live"))
    found = {
        "startupProbe": live
        and {
            **live,
            "periodSeconds": STARTUP_PERIOD_S,
            "timeoutSeconds": 2,
            "failureThreshold": max(1, startup_budget(spec) // STARTUP_PERIOD_S),
        },
        "readinessProbe": ready
        and {
            **ready,
            "periodSeconds": 5,
            "timeoutSeconds": 3,
            "failureThreshold": 2,
        },
        "livenessProbe": live
        and {
            **live,
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 6,
        },
    }
    return {name: probe for name, probe in found.items() if probe}


def lifecycle(spec: dict[str, Any], kubernetes: str) -> dict[str, Any]:
    """Return a preStop that outlasts the news that this pod is gone.

    kubernetes: version of the cluster, ``1.34``; before 1.30 there is no sleep action.
    """
    seconds = spec.get("drain", {}).get("propagation", 0)
    version = tuple(int(part) for part in kubernetes.split(".")[:2])
    if not seconds or not spec["ports"]:
        return {}
    if version < SLEEP_ACTION_SINCE:
        return {"preStop": {"exec": {"command": ["sleep", str(seconds)]}}}
    return {"preStop": {"sleep": {"seconds": seconds}}}


def grace(spec: dict[str, Any]) -> int:
    """Return the seconds that a pod has to end: propagation, work in hand, and some to spare."""
    drain = spec.get("drain", {})
    return int(drain.get("propagation", 0)) + int(drain.get("work", 20)) + SPARE_S


def startup_budget(spec: dict[str, Any]) -> int:
    """Return the seconds that a container has until it answers its first probe."""
    return int(spec.get("health", {}).get("startup_budget", 60))


def _handler(health: dict[str, Any], check: dict[str, Any] | None) -> dict[str, Any]:
    if "exec" in health:
        return {"exec": {"command": health["exec"]}}
    if "tcp" in health:
        return {"tcpSocket": {"port": health["tcp"]}}
    if "grpc" in health:
        return {"grpc": {"port": health["grpc"]}}
    if not check:
        return {}
    host = health.get("host")
    headers = {"httpHeaders": [{"name": "Host", "value": host}]} if host else {}
    return {"httpGet": {"path": check["path"], "port": health["port"], **headers}}
