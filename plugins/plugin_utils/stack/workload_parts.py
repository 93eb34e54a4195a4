# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a workload alone: its pods, its scale and what may happen to them.

References are followed elsewhere (wiring.py); here stand the defaults that depend on other keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.accounts import Account
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds

JOB_TIMEOUT_S = 600
JOB_RETRIES = 3
POLLING_S, COOLDOWN_S = 30, 300  # as KEDA has them
ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")
_SERVING = ("Deployment", "StatefulSet")
_TIMES = ("period", "timeout", "delay")
_HANDLERS = ("path", "port", "host", "exec", "tcp", "failures")


def account(spec: Spec) -> Account:
    """Return a service account."""
    rules = [_rule(rule) for rule in spec.get("rules", [])]
    return {
        "rules": rules,
        "cluster": spec.get("cluster", False),
        "annotations": spec.get("annotations", {}),
        "pods": spec.get("pods", {}).get("security", "restricted"),
    }


def ports(spec: Spec) -> dict[str, int]:
    """Return all ports of a pod, those of its sidecars too."""
    sidecars = spec.get("sidecars", {}).values()
    opened: dict[str, int] = dict(spec.get("ports", {}))
    for sidecar in sidecars:
        opened |= sidecar.get("ports", {})
    return opened


def served(spec: Spec) -> dict[str, int]:
    """Return the ports that others reach by the workload's name."""
    return ports(spec) if spec.get("service", True) else {}


def pod(spec: Spec) -> Spec:
    """Return what is told of the pod as a whole."""
    where = spec.get("schedule_on", {})
    return {
        "account": spec.get("account", ""),
        "share_processes": spec.get("share_processes", False),
        "security": _security(spec),
        "labels": spec.get("labels", {}),
        "annotations": spec.get("annotations", {}),
        "schedule_on": {
            "nodes": where.get("nodes", {}),
            "tolerations": [_toleration(one) for one in where.get("tolerations", [])],
            "priority": where.get("priority", ""),
        },
    }


def volumes(spec: Spec) -> dict[str, Spec]:
    """Return the volumes, all but their references."""
    return {name: _volume(one) for name, one in spec.get("volumes", {}).items()}


def scale(spec: Spec) -> Spec:
    """Return how many run; `singleton` and `replicas` are as they were given."""
    given = spec["scale"]
    if "max" not in given:
        return {key: given[key] for key in ("replicas", "singleton") if key in given}
    aims = {key: given[key] for key in ("min", "max", "cpu", "memory") if key in given}
    if not given.get("triggers"):
        return aims
    polling = seconds(given.get("polling", POLLING_S))
    cooldown = seconds(given.get("cooldown", COOLDOWN_S))
    return {**aims, "polling": polling, "cooldown": cooldown}


def budget(spec: Spec) -> Spec:
    """Return how many pods a drain may take; one by default, where more than one run."""
    given = spec.get("budget", True)
    if given is False or spec["kind"] not in _SERVING:
        return {}
    if isinstance(given, Mapping) and given:
        return dict(given)
    return {"max_unavailable": 1} if _least(spec["scale"]) > 1 else {}


def strategy(spec: Spec) -> Spec:
    """Return how a release replaces another: the old pods go first where two cannot be."""
    given = spec.get("strategy")
    if given:
        rolling = {"surge": 1, "unavailable": 0, **given}
        return dict(given) if "recreate" in given else rolling
    claims = [one["claim"] for one in spec.get("volumes", {}).values() if "claim" in one]
    bound = any(claim.get("access", ONE_NODE[0]) in ONE_NODE for claim in claims)
    if spec["scale"].get("singleton") or bound:
        return {"recreate": True}
    return {"surge": 1, "unavailable": 0}


def job(spec: Spec) -> Spec:
    """Return what only Jobs and CronJobs have."""
    if spec["kind"] == "Job":
        limits = {"timeout": JOB_TIMEOUT_S, "retries": JOB_RETRIES}
    elif spec["kind"] == "CronJob":
        limits = {"timeout": 0, "retries": JOB_RETRIES}
    else:
        return {}
    if "timeout" in spec:
        limits["timeout"] = seconds(spec["timeout"])
    limits["retries"] = spec.get("retries", limits["retries"])
    if spec["kind"] == "Job":
        return limits
    zone, concurrency = spec.get("time_zone", ""), spec.get("concurrency", "Forbid")
    return {
        **limits,
        "schedule": spec["schedule"],
        "time_zone": zone,
        "concurrency": concurrency,
    }


def check(given: Spec, opened: Mapping[str, int]) -> Spec:
    """Return one probe, or what all have in common: times in seconds, a gRPC port as a number."""
    found = {key: given[key] for key in _HANDLERS if key in given}
    found |= {key: seconds(given[key]) for key in _TIMES if key in given}
    return {**found, "grpc": opened[given["grpc"]]} if "grpc" in given else found


def _least(given: Spec) -> int:
    least: int = given.get("min") or given.get("replicas", 1)
    return least


def _rule(rule: Spec) -> Spec:
    return {
        "groups": rule.get("groups", [""]),
        "resources": rule["resources"],
        "verbs": rule["verbs"],
        "names": rule.get("names", []),
    }


def _toleration(toleration: Spec) -> Spec:
    names = {"seconds": "tolerationSeconds"}
    return {names.get(key, key): value for key, value in toleration.items()}


def _security(spec: Spec) -> Spec:
    given = spec.get("security", {})
    known = ("user", "group", "fs_group", "writable_root", "root", "capabilities")
    found = {key: given[key] for key in known if key in given}
    group = given.get("fs_group", given.get("group", given.get("user")))
    claims = any("claim" in one for one in spec.get("volumes", {}).values())
    # A fresh volume belongs to root: without this an ordinary user cannot write to it.
    return {**found, "fs_group": group} if claims and group else found


def _volume(spec: Spec) -> Spec:
    common: dict[str, Any] = {"path": spec["path"]}
    if "empty" in spec:
        empty = {"size": "", "memory": False, **spec["empty"]}
        return {**common, "read_only": spec.get("read_only", False), "empty": empty}
    if "claim" in spec:
        claim = {"class": "", "access": ONE_NODE[0], **spec["claim"]}
        return {**common, "read_only": spec.get("read_only", False), "claim": claim}
    common["read_only"] = True
    if "csi" in spec:
        return {**common, "csi": {"class": "", "attributes": {}, **spec["csi"]}}
    return common
