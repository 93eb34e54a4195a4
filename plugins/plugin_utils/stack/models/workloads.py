# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workloads: ServiceAccount, ConfigMap, Deployment, Service and PodDisruptionBudget of each."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import pods, probes
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    content_hash,
    kube_name,
    selector,
)

COMPONENT = "workload"
SPREAD_KEYS = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the models of every workload."""
    return [
        model
        for name, spec in document["workloads"].items()
        for model in _workload(document, name, spec)
    ]


def _workload(document: dict[str, Any], name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    config = _config_map(document, name, spec)
    service = {
        **base(document, "service", name, COMPONENT),
        "selector": selector(document, name),
        "ports": spec["ports"],
    }
    return [
        base(document, "serviceaccount", name, COMPONENT),
        *([config] if config["data"] else []),
        *([service] if spec["ports"] else []),
        _deployment(document, name, spec, config),
        *([_budget(document, name)] if _replicas(spec) > 1 else []),
    ]


def _config_map(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    # Immutable, with the content in its name: a change is a new pod template, so it rolls out,
    # and pods of the old revision keep what they were started with.
    data = pods.plain_env(spec["env"])
    model = base(document, "configmap", name, COMPONENT)
    return {**model, "name": f"{kube_name(name)}-env-{content_hash(data)}", "data": data}


def _deployment(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        **base(document, "deployment", name, COMPONENT),
        "selector": selector(document, name),
        "replicas": _replicas(spec),
        "strategy": _strategy(spec),
        "progress_deadline": probes.startup_budget(spec) + 60,
        "pod": pods.pod(
            [_container(document, name, spec, config)],
            account=kube_name(name),
            grace=probes.grace(spec),
            spread=_spread(document, name),
            volumes=pods.scratch(spec.get("write", [])),
            migrations=_markers(spec),
        ),
    }


def _container(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        **pods.container(document, name, spec),
        "config_map": config["name"] if config["data"] else "",
        "probes": probes.probes(spec),
        "lifecycle": probes.lifecycle(spec, document["kubernetes"]),
    }


def _replicas(spec: dict[str, Any]) -> int:
    return 1 if spec["scale"].get("singleton") else int(spec["scale"]["replicas"])


def _strategy(spec: dict[str, Any]) -> dict[str, Any]:
    if spec["scale"].get("singleton"):
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def _spread(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    # One node has nothing to spread over.
    if document["preset"] == "local":
        return []
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": selector(document, name)},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in SPREAD_KEYS
    ]


def _markers(spec: dict[str, Any]) -> list[dict[str, str]]:
    # The kubelet starts no container whose ConfigMap key is absent: that is the gate.
    names = spec["migrations"]
    if len(names) == 1:
        return [{"migration": names[0], "env": "MIGRATION_GATE"}]
    return [{"migration": name, "env": f"MIGRATION_GATE_{name.upper()}"} for name in names]


def _budget(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {**base(document, "pdb", name, COMPONENT), "selector": selector(document, name)}
