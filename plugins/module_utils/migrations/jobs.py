# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job of a run: what the gate enforces in it, and how its state is read.

Pure. The role renders the pod (image, security context, resources); what must hold for "once"
is set here and cannot be rendered away.
"""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, labels
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import (
    containers,
    pod_spec,
)

DEADLINE_FACTOR = 10
"""A Job may run this many deployer's timeouts: ending SQL half way is worse than waiting."""

UNDISTURBED = {
    # An injected sidecar never ends, and so the Job would never.
    "sidecar.istio.io/inject": "false",
    "linkerd.io/inject": "disabled",
    # Autoscalers must not empty the node below a running migration.
    "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    "karpenter.sh/do-not-disrupt": "true",
}
FAIL_AT_ONCE = {
    "rules": [
        {
            "action": "FailJob",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        },
        {"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [0]}},
    ]
}


class Run(NamedTuple):
    """One migration with this content, on this database. name: as Kubernetes takes it."""

    name: str
    phase: str
    database: str
    incarnation: str
    run_id: str
    inputs: Object
    backward_compatible: str = "unknown"


def check_rendered(job: Object, name: str) -> None:
    """Refuse a Job that cannot be run once. Raises MigrationError."""
    if len(pod_spec(job).get("containers") or []) != 1:
        raise MigrationError(
            f"migration {name}: job.spec.template.spec.containers must hold exactly one "
            "container; others would keep the Job running. Helpers go into initContainers "
            "with restartPolicy Always."
        )
    for container in containers(job):
        if not container.get("image"):
            raise MigrationError(
                f"migration {name}: container {container.get('name', '?')} has no image."
            )


def manifest(job: Object, run: Run, sequence: int, namespace: str, timeout_s: int) -> Object:
    """Return the Job to create for `run` in slot `sequence`."""
    made = copy.deepcopy(job)
    spec, template = made["spec"], made["spec"]["template"]
    ours = run_labels(run) | {slots.SEQUENCE: str(sequence)}
    meta = made.get("metadata") or {}
    made["metadata"] = {
        "name": slots.job_name(run.database, sequence),
        "namespace": namespace,
        "labels": {**(meta.get("labels") or {}), **ours},
        "annotations": {**(meta.get("annotations") or {}), **_run_annotations(run)},
    }
    for field in ("ttlSecondsAfterFinished", "suspend", "selector", "manualSelector"):
        spec.pop(field, None)
    spec |= {
        "completions": 1,
        "parallelism": 1,
        "backoffLimit": 0,
        "podReplacementPolicy": "Failed",
        "podFailurePolicy": FAIL_AT_ONCE,
    }
    spec.setdefault("activeDeadlineSeconds", DEADLINE_FACTOR * timeout_s)
    _enforce_pod(template, ours, made["metadata"]["name"])
    return made


def _enforce_pod(template: Object, ours: dict[str, str], name: str) -> None:
    meta = template.get("metadata") or {}
    template["metadata"] = {
        **meta,
        "labels": {
            **(meta.get("labels") or {}),
            **ours,
            "sidecar.istio.io/inject": "false",
        },
        "annotations": {**(meta.get("annotations") or {}), **UNDISTURBED},
    }
    template["spec"]["restartPolicy"] = "Never"
    for container in template["spec"]["containers"]:
        container["terminationMessagePolicy"] = "FallbackToLogsOnError"
    for container in containers({"spec": {"template": template}}):
        _sign(container, name)


def _sign(container: Object, name: str) -> None:
    """Let libpq tell the database which Job a session is of, so that an orphan can be found."""
    env = container.get("env") or []
    if all(entry["name"] != "PGAPPNAME" for entry in env):
        container["env"] = [*env, {"name": "PGAPPNAME", "value": name}]


def baseline(made: Object) -> Object:
    """Return a manifest as the Job that never was: it has no name, no UID and no times."""
    return made | {"metadata": made["metadata"] | {"name": "", "uid": ""}}


def run_labels(run: Run) -> dict[str, str]:
    """Return the labels by which Jobs, pods and records of a run are found."""
    return {
        slots.MIGRATION: run.name,
        slots.DATABASE: slots.database_hash(run.database),
        slots.RUN: run.run_id[:12],
        slots.PHASE: run.phase,
    }


def _run_annotations(run: Run) -> dict[str, str]:
    """Return all that a later deployer needs to write the record of this Job."""
    return {
        slots.DATABASE: run.database,
        slots.RUN: run.run_id,
        slots.INCARNATION: run.incarnation,
        slots.COMPATIBLE: run.backward_compatible,
        slots.INPUTS: json.dumps(run.inputs, sort_keys=True),
    }


def note(job: Object, key: str) -> str:
    """Return an annotation, "" if it is not there."""
    return str((objects.metadata(job).get("annotations") or {}).get(key, ""))


def run_of(job: Object) -> Run:
    """Return the run of a Job that the gate made."""
    return Run(
        name=labels(job)[slots.MIGRATION],
        phase=labels(job)[slots.PHASE],
        database=note(job, slots.DATABASE),
        incarnation=note(job, slots.INCARNATION),
        run_id=note(job, slots.RUN),
        inputs=json.loads(note(job, slots.INPUTS)),
        backward_compatible=note(job, slots.COMPATIBLE),
    )


def sequence(job: Object) -> int:
    """Return the slot of a Job that the gate made."""
    return int(labels(job)[slots.SEQUENCE])


def recorded(job: Object) -> bool:
    """Whether the Job's record is written; without it the Job still has to be judged."""
    return bool(note(job, slots.RECORD))


def condition(obj: Object, *types: str) -> dict[str, Any] | None:
    """Return the first condition of one of these types that is True."""
    for found in (obj.get("status") or {}).get("conditions") or []:
        if found["type"] in types and found.get("status") == "True":
            return dict(found)
    return None


def ended(job: Object) -> bool:
    """Whether the Job is over: pods ended, condition set. FailureTarget alone is not the end."""
    return condition(job, "Complete", "Failed") is not None


def told(job: Object) -> str:
    """Return which Job this is, for a person who waits for it."""
    run, began = run_of(job), (job.get("status") or {}).get("startTime")
    since = f"running since {began}" if began else "not started yet"
    return (
        f"Job {job['metadata']['name']} of {run.name} on {run.database} "
        f"(run {run.run_id[:12]}, {since})"
    )
