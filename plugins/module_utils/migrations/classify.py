# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a Job that is over: a class, and a sentence for the night. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.pods import (
    UNSTARTED,
    by_reason,
    ends,
    one_line,
    own_statuses,
    started,
)


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
    UNRECORDED = "unrecorded"
    OWED = "owed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    NOT_RUN = "not_run"


class Verdict(NamedTuple):
    """How a Job ended. exit_code: None where no container ended."""

    cls: Class
    sentence: str
    exit_code: int | None = None

    @property
    def passed(self) -> bool:
        """Whether new pods may start on this."""
        return self.cls is Class.NONE


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
    code = _exit(pods[-1]) if pods else None
    if code == 0:
        return Verdict(Class.NONE, "passed", 0)
    if by_reason(events, "Killing"):
        return Verdict(
            Class.INTERRUPTED, "the pod was deleted while it ran; its exit code proves nothing"
        )
    return Verdict(
        Class.UNVERIFIED,
        f"Job {name} says Complete, but no pod is there to prove it; look at the database",
        code,
    )


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
    if unstarted := [done for done in ends(pod) if done.get("reason") in UNSTARTED]:
        message = one_line(unstarted[0].get("message") or "no reason given")
        return Verdict(Class.CONFIG, f"{_culprit(pod)} could not be started: {message}", code)
    if _killed(pod, "OOMKilled"):
        return Verdict(Class.OOM, f"killed for lack of memory{_memory_limit(job)}", code)
    if disturbed := _disruption(pod):
        return Verdict(Class.INTERRUPTED, disturbed, code)
    if _killed(pod):
        return Verdict(
            Class.OOM, f"killed by SIGKILL, probably for lack of memory{_memory_limit(job)}", code
        )
    if not code:
        why = one_line((pod.get("status") or {}).get("message") or failure.get("message") or "")
        return Verdict(Class.INTERRUPTED, f"the pod ended without an exit code: {why}", code)
    return Verdict(Class.APP_EXIT, f"{_culprit(pod)} ended with exit code {code}", code)


def _disruption(pod: Object) -> str:
    """Return how the pod was disturbed, "" if it was not."""
    name = objects.metadata(pod)["name"]
    node = (pod.get("spec") or {}).get("nodeName") or "?"
    if found := jobs.condition(pod, "DisruptionTarget"):
        why = found.get("message") or found.get("reason") or "disrupted"
        return f"pod {name} on node {node} was disrupted: {one_line(why)}"
    if objects.metadata(pod).get("deletionTimestamp"):
        return f"pod {name} on node {node} was deleted while it ran"
    if (pod.get("status") or {}).get("reason") == "NodeLost":
        return f"node {node} was lost while pod {name} ran on it"
    return ""


def _killed(pod: Object, reason: str = "") -> bool:
    """Whether a container was killed; 137 is 128 + SIGKILL."""
    if reason:
        return any(done.get("reason") == reason for done in ends(pod))
    return any(done["exitCode"] == 137 for done in ends(pod))


def _memory_limit(job: Object) -> str:
    for container in job["spec"]["template"]["spec"]["containers"]:
        limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
        if limit:
            return f" (limit {limit})"
    return ""


def _exit(pod: Object) -> int | None:
    """Return the first exit code that is not 0; 0 if the main container ended so; else None."""
    bad = [done["exitCode"] for done in ends(pod) if done["exitCode"] != 0]
    if bad:
        return int(bad[0])
    main = (pod.get("status") or {}).get("containerStatuses") or []
    done = [(status.get("state") or {}).get("terminated") for status in main]
    return 0 if done and all(done) else None


def _culprit(pod: Object) -> str:
    for status in own_statuses(pod):
        done = (status.get("state") or {}).get("terminated") or {}
        if done.get("exitCode"):
            return f"container {status['name']}"
    return "the container"
