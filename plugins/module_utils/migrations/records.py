# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records: what is known for good about runs. The record of a passed run is the marker.

Pure. One immutable ConfigMap per run: for a passed one with the key ``passed``, which new pods
need to start; for a failed one under another name and never with that key. The redacted log tail
stands in a Secret beside it. Times are the API server's, taken from the Job.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, labels
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import (
    Class,
    Verdict,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.pods import statuses

TAIL_BYTES = 64 * 1024
PASSED = "passed"
"""The key that new pods refer to; failures and everything else never have it."""
OWED = "owed"
"""The word of a note that a run is due; not a record."""


class Log(NamedTuple):
    """What a run printed. text: the redacted end of it. sha256: over all lines, unredacted."""

    text: str = ""
    sha256: str = ""


class Record(NamedTuple):
    """A run that is over, as its ConfigMap tells it."""

    name: str
    migration: str
    phase: str
    run_id: str
    sequence: int
    attempt: int
    incarnation: str
    passed: bool
    cls: Class
    sentence: str
    job: str
    job_uid: str
    pod: str
    node: str
    exit_code: int | None
    started: str
    ended: str
    backward_compatible: str
    by: str
    database: str
    inputs: dict[str, Any]

    @property
    def duration_s(self) -> float:
        """How long the Job took, by the API server's clock; 0.0 where it is not known."""
        if not (self.started and self.ended):
            return 0.0
        span = datetime.fromisoformat(self.ended) - datetime.fromisoformat(self.started)
        return span.total_seconds()


class Owed(NamedTuple):
    """A run of phase post that became due when its release was healthy.

    sequence: the highest on the database by then; a later post of this migration makes up for it.
    """

    migration: str
    run_id: str
    incarnation: str
    sequence: int
    by: str


def parse_owed(config_map: Object) -> Owed:
    """Return the debt in a ConfigMap that the gate wrote."""
    data = config_map["data"]
    return Owed(
        data["migration"],
        data["run_id"],
        data["incarnation"],
        int(data["sequence"]),
        data["by"],
    )


def owed(run: jobs.Run, sequence: int, namespace: str, kept: dict[str, str], by: str) -> Object:
    """Return the ConfigMap that says that `run` is due. kept: labels of its Job."""
    labelled = {**slots.kept_labels(kept), **jobs.run_labels(run), slots.RECORD: OWED}
    name = slots.owed_name(run.name, run.run_id)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": labelled},
        "immutable": True,
        "data": {
            "migration": run.name,
            "run_id": run.run_id,
            "database": run.database,
            "incarnation": run.incarnation,
            "sequence": str(sequence),
            "by": by,
        },
    }


def parse(config_map: Object) -> Record:
    """Return the record in a ConfigMap that the gate wrote."""
    data = config_map.get("data") or {}
    code = data.get("exit_code", "")
    return Record(
        name=config_map["metadata"]["name"],
        migration=data["migration"],
        phase=data["phase"],
        run_id=data["run_id"],
        sequence=int(data["sequence"]),
        attempt=int(data["attempt"]),
        incarnation=data["incarnation"],
        passed=PASSED in data,
        cls=Class(data["class"]),
        sentence=data["sentence"],
        job=data["job"],
        job_uid=data["job_uid"],
        pod=data["pod"],
        node=data["node"],
        exit_code=int(code) if code else None,
        started=data["started"],
        ended=data["ended"],
        backward_compatible=data["backward_compatible"],
        by=data.get("by", ""),
        database=data.get("database", ""),
        inputs=json.loads(data["inputs"]),
    )


def written(job: Object, pods: list[Object], verdict: Verdict, attempt: int, log: Log) -> Object:
    """Return the ConfigMap that records a Job that is over."""
    run, sequence = jobs.run_of(job), jobs.sequence(job)
    pod = pods[-1] if pods else {"metadata": {}}
    status = job.get("status") or {}
    end = jobs.condition(job, "Complete", "Failed") or {}
    name = record_name(run, sequence, passed=verdict.passed)
    data = {
        "migration": run.name,
        "phase": run.phase,
        "run_id": run.run_id,
        "sequence": str(sequence),
        "attempt": str(attempt),
        "database": run.database,
        "incarnation": run.incarnation,
        "backward_compatible": run.backward_compatible,
        "class": str(verdict.cls),
        "sentence": verdict.sentence,
        "by": jobs.note(job, slots.BY),
        "exit_code": "" if verdict.exit_code is None else str(verdict.exit_code),
        "image": job["spec"]["template"]["spec"]["containers"][0]["image"],
        "image_id": _image_id(pod),
        "job": job["metadata"]["name"],
        "job_uid": job["metadata"]["uid"],
        "pod": pod["metadata"].get("name", ""),
        "node": (pod.get("spec") or {}).get("nodeName", ""),
        "started": status.get("startTime", ""),
        "ended": status.get("completionTime") or end.get("lastTransitionTime", ""),
        "log_secret": log_name(name),
        "log_sha256": log.sha256,
        "inputs": json.dumps(run.inputs, sort_keys=True),
    }
    if verdict.passed:
        data[PASSED] = run.run_id
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(job, name, PASSED if verdict.passed else "failed"),
        "immutable": True,
        "data": data,
    }


def copied(marker: Object, namespace: str) -> Object:
    """Return a marker as it stands in another namespace."""
    kept = {key: marker["metadata"][key] for key in ("name", "labels")}
    return {**marker, "metadata": {**kept, "namespace": namespace}}


def log_secret(job: Object, name: str, log: Log) -> Object:
    """Return the Secret that keeps the log tail beside the record `name`."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _metadata(job, log_name(name), "log"),
        "immutable": True,
        "type": "Opaque",
        "stringData": {"log": log.text},
    }


def record_name(run: jobs.Run, sequence: int, *, passed: bool) -> str:
    """Return the name under which this end of a run is recorded."""
    if passed:
        return slots.marker_name(run.name, run.run_id)
    return slots.failure_name(run.name, run.run_id, sequence)


def log_name(record: str) -> str:
    """Return the name of the Secret with the log of a record."""
    return f"{record}-log"


def attempt(records: Iterable[Record], run_id: str) -> int:
    """Return the number of the next attempt at a run, counted from 1."""
    return 1 + sum(record.run_id == run_id for record in records)


def _metadata(job: Object, name: str, word: str) -> Object:
    """Return metadata with the Job's labels (the stack's own among them)."""
    return {
        "name": name,
        "namespace": job["metadata"]["namespace"],
        "labels": {**slots.kept_labels(labels(job)), slots.RECORD: word},
    }


def _image_id(pod: Object) -> str:
    """Return the image that really ran, by digest where the runtime knows one."""
    return next((str(each.get("imageID") or "") for each in reversed(statuses(pod))), "")
