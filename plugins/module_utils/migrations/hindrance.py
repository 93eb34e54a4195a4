# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a Job from starting, and how long that may last before it counts as failed.

Pure. Time comes from whoever calls, who knows how long a hindrance has lasted; no clock of a
server is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.pods import (
    STARTUP,
    begun,
    by_reason,
    is_sidecar,
    one_line,
    ran,
    started,
    statuses,
)


class Hindrance(NamedTuple):
    """Why a Job has not started. patience_s: how long this may last before it counts as failed."""

    cls: Class
    sentence: str
    patience_s: float


START_TIMEOUT_S = 120.0
NO_POD_S = 30.0
CONFIG_S = 30.0
PULL_S = 60.0
REFUSALS = 3
BACKOFFS = 3
RUNS_AS_ROOT = "runAsNonRoot"

WAITING: dict[str, tuple[Class, float]] = {
    "InvalidImageName": (Class.IMAGE_PULL, 0.0),
    "ErrImageNeverPull": (Class.IMAGE_PULL, 0.0),
    "ErrImagePull": (Class.IMAGE_PULL, PULL_S),
    "ImagePullBackOff": (Class.IMAGE_PULL, PULL_S),
    "RegistryUnavailable": (Class.IMAGE_PULL, PULL_S),
    "CreateContainerConfigError": (Class.CONFIG, CONFIG_S),
    "CreateContainerError": (Class.CONFIG, CONFIG_S),
    "RunContainerError": (Class.CONFIG, CONFIG_S),
}
"""Reason of a waiting container → class and patience (s). Source: kubelet, container reasons."""


def hindrance(job: Object, pods: Sequence[Object], events: Sequence[Object]) -> Hindrance | None:
    """Say what keeps the Job from starting, None if nothing does.

    pods: of this Job. events: of the Job and of these pods.
    """
    if not pods:
        return _no_pod(job, events)
    pod = pods[-1]
    if started(pod):
        return None
    found = _crashed(pod) or _waiting_container(pod, events)
    if found or begun(pod):
        return found
    return _unmounted(pod, events) or _unplaced(pod)


def _no_pod(job: Object, events: Sequence[Object]) -> Hindrance:
    name = objects.metadata(job)["name"]
    refused = by_reason(events, "FailedCreate")
    if not refused:
        return Hindrance(
            Class.NO_POD, f"Job {name} has no pod; is the Job controller running?", NO_POD_S
        )
    patience = 0.0 if _count(refused) >= REFUSALS else NO_POD_S
    message = refused[-1].get("message") or ""
    return Hindrance(
        Class.NO_POD, f"Job {name}: no pod may be created: {one_line(message)}", patience
    )


def _crashed(pod: Object) -> Hindrance | None:
    """The workload that migrates as it starts has ended; the kubelet would start it for ever.

    Once the main container has run, the workload had started: its end belongs to the pod's end.
    """
    if any(ran(status) for status in (pod.get("status") or {}).get("containerStatuses") or []):
        return None
    for status in statuses(pod):
        states = (status.get("lastState") or {}, status.get("state") or {})
        done = next((each["terminated"] for each in states if each.get("terminated")), None)
        if done and status["name"] == STARTUP and is_sidecar(pod, STARTUP):
            sentence = f"container {STARTUP} ended with exit code {done['exitCode']} as it started"
            return Hindrance(Class.APP_EXIT, sentence, 0.0)
    return None


def _waiting_container(pod: Object, events: Sequence[Object]) -> Hindrance | None:
    for status in statuses(pod):
        waiting = (status.get("state") or {}).get("waiting") or {}
        rule = WAITING.get(waiting.get("reason") or "")
        if not rule:
            continue
        cls, patience = rule
        if cls is Class.IMAGE_PULL and _count(by_reason(events, "BackOff")) >= BACKOFFS:
            patience = 0.0
        if RUNS_AS_ROOT in (waiting.get("message") or ""):
            patience = 0.0  # no Secret that is still to come will mend it
        return Hindrance(cls, _waiting_sentence(status, waiting, cls), patience)
    return None


def _waiting_sentence(status: Object, waiting: Object, cls: Class) -> str:
    message = one_line(waiting.get("message") or waiting["reason"])
    if cls is Class.IMAGE_PULL:
        return f"image {status.get('image') or '?'} cannot be pulled: {message}"
    return f"container {status['name']} cannot be made: {message}"


def _unmounted(pod: Object, events: Sequence[Object]) -> Hindrance | None:
    failed = by_reason(events, "FailedMount") or by_reason(events, "FailedAttachVolume")
    if not failed:
        return None
    name = objects.metadata(pod)["name"]
    message = one_line(failed[-1].get("message") or "")
    return Hindrance(Class.CONFIG, f"pod {name}: a volume cannot be mounted: {message}", CONFIG_S)


def _unplaced(pod: Object) -> Hindrance | None:
    for found in (pod.get("status") or {}).get("conditions") or []:
        if found["type"] == "PodScheduled" and found.get("status") == "False":
            message = one_line(found.get("message") or found.get("reason") or "")
            return Hindrance(
                Class.UNSCHEDULABLE, f"no node takes the pod: {message}", START_TIMEOUT_S
            )
    return None


def _count(events: Iterable[Object]) -> int:
    return sum(
        max(event.get("count") or 1, (event.get("series") or {}).get("count") or 1)
        for event in events
    )
