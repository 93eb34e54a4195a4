# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workloads: what runs each of them, and all that stands around it."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    accounts,
    pods,
    probes,
    restarts,
    scaling,
    volumes,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    content_hash,
    kube_name,
    labels,
    selector,
    version,
)

COMPONENT = "workload"
SPREAD_KEYS = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
SIDECARS_SINCE = (1, 29)  # https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the models of all workloads, and of what they share.

    Each has its ``level``: those of a lower one must be ready first.
    """
    depth = _depths(document["workloads"])
    shared = [*accounts.models(document), *restarts.models(document)]
    first = [{**model, "level": 0} for model in shared]
    return first + [
        {**model, "level": depth[name]}
        for name, spec in document["workloads"].items()
        for model in _workload(document, name, spec)
    ]


def levels(document: dict[str, Any]) -> list[int]:
    """Return the levels that others wait for, lowest first; none where nothing needs anything."""
    depths = _depths(document["workloads"]).values()
    return list(range(max(depths, default=0)))


def _depths(workloads: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in found:
            needed = workloads[name].get("needs", [])
            found[name] = max((depth(one) + 1 for one in needed), default=0)
        return found[name]

    return {name: depth(name) for name in workloads}


def _workload(document: dict[str, Any], name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    config = _config_map(document, name, spec)
    service = {
        **base(document, "service", name, COMPONENT),
        "selector": selector(document, name),
        "ports": spec["ports"],
    }
    return [
        *([] if spec.get("account") else [base(document, "serviceaccount", name, COMPONENT)]),
        *([config] if config["data"] else []),
        *volumes.objects(document, name, spec, COMPONENT),
        *([service] if spec["service"] else []),
        _MAKERS[spec["kind"]](document, name, spec, config),
        *_around(document, name, spec),
    ]


def _around(document: dict[str, Any], name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    if spec["kind"] not in ("Deployment", "StatefulSet"):
        return []
    budget = [_budget(document, name, spec)] if spec["budget"] else []
    return [*budget, *scaling.models(document, name, spec, COMPONENT)]


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
        **_head(document, "deployment", name, spec),
        "selector": selector(document, name),
        "replicas": scaling.replicas(spec),
        "strategy": _strategy(spec["strategy"]),
        "progress_deadline": probes.startup_budget(spec) + 60,
        "pod": _pod(document, name, spec, config),
    }


def _stateful_set(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        **_head(document, "statefulset", name, spec),
        "selector": selector(document, name),
        "replicas": scaling.replicas(spec),
        "service": kube_name(name) if spec["service"] else "",
        "pod": _pod(document, name, spec, config),
        "claims": volumes.claims(document, name, spec, COMPONENT),
    }


def _job(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        **_head(document, "job", name, spec),
        "timeout": spec["timeout"],
        "retries": spec["retries"],
        "pod": _pod(document, name, spec, config, restart_policy="Never"),
    }


def _cron_job(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    return {
        **_job(document, name, spec, config),
        "template": "cronjob",
        "schedule": spec["schedule"],
        "time_zone": spec["time_zone"],
        "concurrency": spec["concurrency"],
    }


_MAKERS = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "CronJob": _cron_job,
}


def _head(
    document: dict[str, Any], template: str, name: str, spec: dict[str, Any]
) -> dict[str, Any]:
    model = base(document, template, name, COMPONENT)
    image = document["images"][spec["image"]]
    return {**model, "labels": {**model["labels"], **version(image)}}


def _pod(
    document: dict[str, Any],
    name: str,
    spec: dict[str, Any],
    config: dict[str, Any],
    restart_policy: str = "Always",
) -> dict[str, Any]:
    init, sidecars = (_containers(document, spec, group) for group in ("init", "sidecars"))
    main = [_container(document, name, spec, config)]
    if _version(document) < SIDECARS_SINCE:
        main += [{**sidecar, "restart_policy": ""} for sidecar in sidecars]  # they just run along
        sidecars = []
    return pods.pod(
        main,
        init=[*init, *sidecars],
        account=accounts.name_of(name, spec),
        token=accounts.has_token(document, spec),
        labels={**spec["labels"], **labels(document, name, COMPONENT)},
        annotations={**spec["annotations"], **restarts.annotation(document, spec)},
        grace=probes.grace(spec),
        restart_policy=restart_policy,
        security=pods.pod_security(spec["security"], spec["ports"].values()),
        share_processes=spec["share_processes"],
        spread=_spread(document, name, spec),
        volumes=_volumes(name, spec),
        migrations=_markers(spec),
        **spec["schedule_on"],
    )


def _volumes(name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    inner = {**spec["init"], **spec["sidecars"]}
    scratch = [one for key, box in inner.items() for one in pods.scratch(box["write"], key)]
    return [*pods.scratch(spec.get("write", [])), *scratch, *volumes.of_pod(name, spec)]


def _container(
    document: dict[str, Any], name: str, spec: dict[str, Any], config: dict[str, Any]
) -> dict[str, Any]:
    container = pods.container(document, name, spec)
    others = {port for sidecar in spec["sidecars"].values() for port in sidecar["ports"]}
    return {
        **container,
        "ports": {name: port for name, port in spec["ports"].items() if name not in others},
        "config_map": config["name"] if config["data"] else "",
        "probes": probes.probes(spec) if spec["kind"] in ("Deployment", "StatefulSet") else {},
        "lifecycle": probes.lifecycle(spec, document["kubernetes"]),
        "mounts": [*container["mounts"], *volumes.mounts(spec)],
    }


def _containers(document: dict[str, Any], spec: dict[str, Any], group: str) -> list[dict[str, Any]]:
    return [_inner(document, spec, group, name, one) for name, one in spec[group].items()]


def _inner(
    document: dict[str, Any], spec: dict[str, Any], group: str, name: str, one: dict[str, Any]
) -> dict[str, Any]:
    container = pods.container(document, name, {**one, "security": spec["security"]})
    seen = volumes.mounts(spec, one["mounts"])
    return {
        **container,
        "env": [*pods.literal_env(one["env"]), *container["env"]],
        "mounts": [*pods.mounts(one["write"], name), *seen],
        "restart_policy": "Always" if group == "sidecars" else "",
    }


def _version(document: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(part) for part in document["kubernetes"].split(".")[:2])


def _strategy(strategy: dict[str, Any]) -> dict[str, Any]:
    if strategy.get("recreate"):
        return {"type": "Recreate"}
    rolling = {"maxSurge": strategy["surge"], "maxUnavailable": strategy["unavailable"]}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


def _spread(document: dict[str, Any], name: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    # One node has nothing to spread over, and one run is not several.
    if document["preset"] == "local" or spec["kind"] in ("Job", "CronJob"):
        return []
    hashed = {"matchLabelKeys": ["pod-template-hash"]} if spec["kind"] == "Deployment" else {}
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": selector(document, name)},
            **hashed,
        }
        for key in SPREAD_KEYS
    ]


def _markers(spec: dict[str, Any]) -> list[dict[str, str]]:
    # The kubelet starts no container whose ConfigMap key is absent: that is the gate.
    names = spec["migrations"]
    if len(names) == 1:
        return [{"migration": names[0], "env": "MIGRATION_GATE"}]
    return [{"migration": name, "env": f"MIGRATION_GATE_{name.upper()}"} for name in names]


def _budget(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    names = {"max_unavailable": "maxUnavailable", "min_available": "minAvailable"}
    limit = {names[key]: value for key, value in spec["budget"].items()}
    model = base(document, "pdb", name, COMPONENT)
    return {**model, "selector": selector(document, name), "limit": limit}
