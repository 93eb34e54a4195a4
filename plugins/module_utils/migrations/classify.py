# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a Job, or what keeps it from starting: a class, and a sentence for the night.

Pure. `hindrance` looks at a Job that has not started, `outcome` at one that is over. Time comes
from whoever calls, who knows how long a hindrance has lasted; no clock of a server is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, slots


class Class(StrEnum):
    """Why a run did not pass; NONE for one that did."""

    NONE = ""
    NO_POD = "no_pod"
    UNSCHEDULABLE = "unschedulable"
    IMAGE_PULL = "image_pull"
    CONFIG = "config"
    OOM = "oom"
    APP_EXIT = "app_exit"
    INTERRUPTED = "interrupted"
    UNVERIFIED = "unverified"
    DEADLINE = "deadline"
    IN_PROGRESS = "in_progress"
    LOCKED = "locked"
    LOCK_LOST = "lock_lost"
    BACKWARDS = "backwards"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a Job ended. exit_code: None where no container ended."""

    cls: Class
    sentence: str
    exit_code: int | None = None

    @property
    def passed(self) -> bool:
        """Whether new pods may start on this."""
        return self.cls is Class.NONE


@dataclass(frozen=True, slots=True)
class Hindrance:
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
    return _waiting_container(pod, events) or _unmounted(pod, events) or _unplaced(pod)


def started(pod: Object) -> bool:
    """Whether any container of the pod ever ran; from then on SQL may have been sent."""
    return any(_ran(status) for status in statuses(pod))


def statuses(pod: Object) -> list[Object]:
    """Return the container statuses in the order in which the containers start."""
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def _ran(status: Object) -> bool:
    state = status.get("state") or {}
    return bool(state.get("running") or (state.get("terminated") or {}).get("startedAt"))


def _no_pod(job: Object, events: Sequence[Object]) -> Hindrance:
    name = objects.metadata(job)["name"]
    refused = _events(events, "FailedCreate")
    if not refused:
        return Hindrance(
            Class.NO_POD, f"Job {name} has no pod; is the Job controller running?", NO_POD_S
        )
    patience = 0.0 if _count(refused) >= REFUSALS else NO_POD_S
    message = refused[-1].get("message") or ""
    return Hindrance(
        Class.NO_POD, f"Job {name}: no pod may be created: {_one_line(message)}", patience
    )


def _waiting_container(pod: Object, events: Sequence[Object]) -> Hindrance | None:
    for status in statuses(pod):
        waiting = (status.get("state") or {}).get("waiting") or {}
        rule = WAITING.get(waiting.get("reason") or "")
        if not rule:
            continue
        cls, patience = rule
        if cls is Class.IMAGE_PULL and _count(_events(events, "BackOff")) >= BACKOFFS:
            patience = 0.0
        return Hindrance(cls, _waiting_sentence(status, waiting, cls), patience)
    return None


def _waiting_sentence(status: Object, waiting: Object, cls: Class) -> str:
    message = _one_line(waiting.get("message") or waiting["reason"])
    if cls is Class.IMAGE_PULL:
        return f"image {status.get('image') or '?'} cannot be pulled: {message}"
    return f"container {status['name']} cannot be made: {message}"


def _unmounted(pod: Object, events: Sequence[Object]) -> Hindrance | None:
    failed = _events(events, "FailedMount") or _events(events, "FailedAttachVolume")
    if not failed:
        return None
    name = objects.metadata(pod)["name"]
    message = _one_line(failed[-1].get("message") or "")
    return Hindrance(Class.CONFIG, f"pod {name}: a volume cannot be mounted: {message}", CONFIG_S)


def _unplaced(pod: Object) -> Hindrance | None:
    for found in (pod.get("status") or {}).get("conditions") or []:
        if found["type"] == "PodScheduled" and found.get("status") == "False":
            message = _one_line(found.get("message") or found.get("reason") or "")
            return Hindrance(
                Class.UNSCHEDULABLE, f"no node takes the pod: {message}", START_TIMEOUT_S
            )
    return None


def outcome(job: Object, pods: Sequence[Object], events: Sequence[Object]) -> Verdict:
    """Judge a Job that is over.

    pods: of this Job as last seen, deleted ones still among them. events: of these pods.
    Passed is only what a pod proves: a Job that says Complete while its pod is gone or was being
    deleted is not believed (a migrator that ends with 0 on SIGTERM looks just like success).
    """
    if stopped := jobs.note(job, slots.STOPPED):
        return _stopped(stopped, pods)
    if jobs.condition(job, "Complete"):
        return _complete(job, pods, events)
    return _failed(job, pods)


def _stopped(note: str, pods: Sequence[Object]) -> Verdict:
    word, _colon, sentence = note.partition(": ")
    if any(started(pod) for pod in pods):
        return Verdict(
            Class.INTERRUPTED, f"the Job was given up ({sentence}) just as its container started"
        )
    return Verdict(Class(word), sentence)


def _complete(job: Object, pods: Sequence[Object], events: Sequence[Object]) -> Verdict:
    name = objects.metadata(job)["name"]
    if pods and (disturbed := _disruption(pods[-1])):
        return Verdict(Class.INTERRUPTED, f"{disturbed}; its exit code proves nothing", 0)
    if _events(events, "Killing"):
        return Verdict(
            Class.INTERRUPTED, "the pod was deleted while it ran; its exit code proves nothing"
        )
    code = _exit(pods[-1]) if pods else None
    if code != 0:
        return Verdict(
            Class.UNVERIFIED,
            f"Job {name} says Complete, but no pod is there to prove it; look at the database",
            code,
        )
    return Verdict(Class.NONE, "passed", 0)


def _failed(job: Object, pods: Sequence[Object]) -> Verdict:
    failure = jobs.condition(job, "Failed") or {}
    if failure.get("reason") == "DeadlineExceeded":
        limit = job["spec"].get("activeDeadlineSeconds")
        return Verdict(
            Class.DEADLINE,
            f"the Job was ended at its deadline of {limit} s; its SQL may have been cut off",
        )
    if not pods:
        return Verdict(
            Class.INTERRUPTED,
            "the Job failed and its pod is gone: deleted while it ran, or afterwards",
        )
    pod = pods[-1]
    code = _exit(pod)
    if _killed(pod, "OOMKilled"):
        return Verdict(Class.OOM, f"killed for lack of memory{_memory_limit(job)}", code)
    if disturbed := _disruption(pod):
        return Verdict(Class.INTERRUPTED, disturbed, code)
    if _killed(pod):
        return Verdict(
            Class.OOM, f"killed by SIGKILL, probably for lack of memory{_memory_limit(job)}", code
        )
    if not code:
        why = _one_line((pod.get("status") or {}).get("message") or failure.get("message") or "")
        return Verdict(Class.INTERRUPTED, f"the pod ended without an exit code: {why}", code)
    return Verdict(Class.APP_EXIT, f"{_culprit(pod)} ended with exit code {code}", code)


def _disruption(pod: Object) -> str:
    """Return how the pod was disturbed, "" if it was not."""
    name = objects.metadata(pod)["name"]
    node = (pod.get("spec") or {}).get("nodeName") or "?"
    if found := jobs.condition(pod, "DisruptionTarget"):
        why = found.get("message") or found.get("reason") or "disrupted"
        return f"pod {name} on node {node} was disrupted: {_one_line(why)}"
    if objects.metadata(pod).get("deletionTimestamp"):
        return f"pod {name} on node {node} was deleted while it ran"
    if (pod.get("status") or {}).get("reason") == "NodeLost":
        return f"node {node} was lost while pod {name} ran on it"
    return ""


def _killed(pod: Object, reason: str = "") -> bool:
    """Whether a container was killed; 137 is 128 + SIGKILL."""
    if reason:
        return any(done.get("reason") == reason for done in _ends(pod))
    return any(done["exitCode"] == 137 for done in _ends(pod))


def _memory_limit(job: Object) -> str:
    for container in job["spec"]["template"]["spec"]["containers"]:
        limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
        if limit:
            return f" (limit {limit})"
    return ""


def _ends(pod: Object) -> list[Object]:
    """Return the terminated states of the pod's containers, in order."""
    states = (status.get("state") or {} for status in statuses(pod))
    return [state["terminated"] for state in states if state.get("terminated")]


def _exit(pod: Object) -> int | None:
    """Return the first exit code that is not 0; 0 if the main container ended so; else None."""
    bad = [done["exitCode"] for done in _ends(pod) if done["exitCode"] != 0]
    if bad:
        return int(bad[0])
    main = (pod.get("status") or {}).get("containerStatuses") or []
    done = [(status.get("state") or {}).get("terminated") for status in main]
    return 0 if done and all(done) else None


def _culprit(pod: Object) -> str:
    for status in statuses(pod):
        done = (status.get("state") or {}).get("terminated") or {}
        if done.get("exitCode"):
            return f"container {status['name']}"
    return "the container"


def _events(events: Iterable[Object], reason: str) -> list[Object]:
    return [event for event in events if event.get("reason") == reason]


def _count(events: Iterable[Object]) -> int:
    return sum(
        max(event.get("count") or 1, (event.get("series") or {}).get("count") or 1)
        for event in events
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
