# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health and shutdown of a workload as a container knows them: probes, preStop, grace period."""

from __future__ import annotations

from typing import Any

STARTUP = {"period": 2, "timeout": 2}
READY = {"period": 5, "timeout": 3, "failures": 2}
LIVE = {"period": 10, "timeout": 5, "failures": 6}
_TIMES = {
    "delay": "initialDelaySeconds",
    "period": "periodSeconds",
    "timeout": "timeoutSeconds",
    "failures": "failureThreshold",
}
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
    live, ready = health.get("live") or {}, health.get("ready") or {}
    startup = health.get("startup") or {}
    common = {key: health[key] for key in _TIMES if key in health}
    budget = {**STARTUP, "failures": _startup_failures(spec)}
    found = {
        "startupProbe": _probe(health, [startup, live], {**budget, **_times(startup)}),
        "readinessProbe": _probe(health, [ready, live], {**READY, **common, **_times(ready)}),
        "livenessProbe": _probe(health, [live], {**LIVE, **common, **_times(live)}),
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
    health = spec.get("health", {})
    startup = {**STARTUP, **_times(health.get("startup") or {})}
    asked = startup.get("delay", 0) + startup["period"] * startup.get("failures", 0)
    return max(int(health.get("startup_budget", 60)), asked)


def _startup_failures(spec: dict[str, Any]) -> int:
    health = spec.get("health", {})
    period = {**STARTUP, **_times(health.get("startup") or {})}["period"]
    return max(1, int(health.get("startup_budget", 60)) // period)


def _times(check: dict[str, Any]) -> dict[str, int]:
    return {key: check[key] for key in _TIMES if key in check}


def _probe(
    health: dict[str, Any], checks: list[dict[str, Any]], times: dict[str, int]
) -> dict[str, Any]:
    """Return one probe: the first handler of some checks, else the one that all have in common."""
    handlers = (_handler(health, check) for check in [*checks, health])
    handler = next(filter(None, handlers), {})
    return handler and {**handler, **{_TIMES[key]: value for key, value in times.items()}}


def _handler(health: dict[str, Any], check: dict[str, Any]) -> dict[str, Any]:
    if "exec" in check:
        return {"exec": {"command": check["exec"]}}
    if "tcp" in check:
        return {"tcpSocket": {"port": check["tcp"]}}
    if "grpc" in check:
        return {"grpc": {"port": check["grpc"]}}
    if "path" not in check:
        return {}
    host = check.get("host") or health.get("host")
    headers = {"httpHeaders": [{"name": "Host", "value": host}]} if host else {}
    port = check.get("port") or health["port"]
    return {"httpGet": {"path": check["path"], "port": port, **headers}}
