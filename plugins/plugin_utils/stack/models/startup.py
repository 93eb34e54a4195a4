# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style ``startup``: a workload that migrates when it starts, started once before all others.

Its container runs as a sidecar of the Job, which the kubelet takes for started when its readiness
probe passes; only then the Job's own container runs, asks whether all is well, and ends the Job.
No label of the workload is on the pod, so that no Service sends it a request.
Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    meeting,
    pods,
    probes,
    sql,
    volumes,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
)

SINCE = (1, 29)
PERIOD_S = 2
CONTAINER = "startup"
Model = dict[str, Any]


def job(document: Model, name: str, spec: Model, component: str) -> Model:
    """Return the model of the Job. Raises StackError."""
    workload = document["workloads"][spec["workload"]]
    version = tuple(int(part) for part in document["kubernetes"].split(".")[:2])
    if version < SINCE:
        raise StackError(
            f"migrations.{name}: style startup needs Kubernetes 1.29, for sidecars; this is "
            f"{document['kubernetes']}."
        )
    env = {**workload["env"], **spec["env"]}
    seeing = {**spec, "env": env}
    before = [sql.waiting(document, seeing, "wait")] if sql.can_ask(document, seeing) else []
    pod = pods.pod(
        [sql.asking(document, seeing, "verify")],
        init=[*before, _container(document, name, workload, env)],
        account=meeting.own(document, name),
        grace=probes.grace(workload),
        share_processes=workload["share_processes"],
        restart_policy="Never",
        security=pods.pod_security(workload.get("security", {}), workload["ports"].values()),
        volumes=[
            *pods.scratch(workload.get("write", [])),
            *volumes.of_pod(spec["workload"], workload),
        ],
    )
    return {**base(document, "job", name, component), "pod": pod}


def _container(document: Model, name: str, workload: Model, env: Model) -> Model:
    made = pods.container(document, CONTAINER, workload)
    return {
        **made,
        "env": [*pods.literal_env(env), *pods.secret_env(env)],
        "probes": {"startupProbe": _probe(name, workload)},
        "mounts": [*made["mounts"], *volumes.mounts(workload)],
        "restart_policy": "Always",
    }


def _probe(name: str, workload: Model) -> Model:
    found = probes.probes(workload)
    ready: Model = found.get("readinessProbe") or found.get("startupProbe") or {}
    if not ready:
        raise StackError(
            f"migrations.{name}: its workload has no probe, so nobody can tell when it has "
            "migrated. Give it a health check."
        )
    failures = max(1, probes.startup_budget(workload) // PERIOD_S)
    return {**ready, "periodSeconds": PERIOD_S, "failureThreshold": failures}
