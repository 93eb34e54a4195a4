# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes of ends and of hindrances, as tables of what the API server shows."""

from __future__ import annotations

import re

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import classify
from ansible_collections.slipway.stack.plugins.module_utils.migrations.hindrance import hindrance

from tests.unit import quick_yaml

JOB = """
metadata: {name: mig-1}
spec:
  activeDeadlineSeconds: 60
  template: {spec: {containers: [{resources: {limits: {memory: 64Mi}}}]}}
"""
COMPLETE = "{type: Complete, status: 'True'}"
FAILED = "{type: Failed, status: 'True', reason: PodFailurePolicy}"
DEADLINE = "{type: Failed, status: 'True', reason: DeadlineExceeded}"
KILLING = [{"reason": "Killing", "message": "Stopping container migrate", "metadata": {}}]


def job(condition: str, **notes: str) -> dict:
    made = quick_yaml.load(JOB) | {"status": {"conditions": [quick_yaml.load(condition)]}}
    made["metadata"]["annotations"] = notes
    return made


def pod(state: str = "", *, meta: str = "{}", status: str = "{}") -> dict:
    containers = [{"name": "migrate", "image": "shop:1", "state": quick_yaml.load(state or "{}")}]
    return {
        "metadata": {"name": "mig-1-x"} | quick_yaml.load(meta),
        "spec": {"nodeName": "node-1"},
        "status": {"containerStatuses": containers} | quick_yaml.load(status),
    }


def ended(code: int, **more: str) -> str:
    return quick_yaml.dump({"terminated": {"exitCode": code, "startedAt": "t"} | more})


DISRUPTED = "{conditions: [{type: DisruptionTarget, status: 'True', message: evicted by x}]}"
ENDS = {
    "passed": (COMPLETE, [pod(ended(0))], [], ""),
    "complete, pod gone": (COMPLETE, [], [], "unverified"),
    "passed, then its sidecar was stopped": (COMPLETE, [pod(ended(0))], KILLING, ""),
    "complete, pod gone, it was being stopped": (COMPLETE, [], KILLING, "interrupted"),
    "complete, pod never seen to end": (COMPLETE, [pod("{running: {}}")], [], "unverified"),
    "exits 0 on SIGTERM": (
        COMPLETE,
        [pod(ended(0), meta="{deletionTimestamp: now}")],
        [],
        "interrupted",
    ),
    "exits 0 while evicted": (COMPLETE, [pod(ended(0), status=DISRUPTED)], [], "interrupted"),
    "exit code": (FAILED, [pod(ended(3))], [], "app_exit"),
    "command not in the image": (FAILED, [pod(ended(128, reason="StartError"))], [], "config"),
    "out of memory": (FAILED, [pod(ended(137, reason="OOMKilled"))], [], "oom"),
    "out of memory, a child of the shell": (
        FAILED,
        [pod(ended(1, reason="OOMKilled"))],
        [],
        "oom",
    ),
    "killed without a reason": (FAILED, [pod(ended(137))], [], "oom"),
    "killed because deleted": (
        FAILED,
        [pod(ended(137), meta="{deletionTimestamp: now}")],
        [],
        "interrupted",
    ),
    "failed, pod gone": (FAILED, [], [], "interrupted"),
    "evicted": (FAILED, [pod(ended(143), status=DISRUPTED)], [], "interrupted"),
    "node lost": (FAILED, [pod("{running: {}}", status="{reason: NodeLost}")], [], "interrupted"),
    "pod failed without a container's end": (
        FAILED,
        [pod("", status="{phase: Failed, message: node shut down}")],
        [],
        "interrupted",
    ),
    "deadline": (DEADLINE, [], [], "deadline"),
}


@pytest.mark.parametrize(("condition", "pods", "events", "expected"), ENDS.values(), ids=ENDS)
def test_how_it_ended(condition, pods, events, expected):
    verdict = classify.outcome(job(condition), pods, events)
    assert (verdict.cls, verdict.passed) == (expected, expected == "")


def test_how_a_sidecar_ends_is_no_matter():
    served = pod(ended(0))
    served["spec"]["initContainers"] = [{"name": "proxy", "restartPolicy": "Always"}]
    proxy = {"name": "proxy", "state": quick_yaml.load(ended(143))}
    served["status"]["initContainerStatuses"] = [proxy]
    assert classify.outcome(job(COMPLETE), [served], []).passed


def test_a_job_that_was_given_up_keeps_its_class():
    given_up = job(DEADLINE, **{"slipway.dev/stopped": "image_pull: image x cannot be pulled: no"})
    verdict = classify.outcome(given_up, [], [])
    assert (verdict.cls, verdict.sentence) == ("image_pull", "image x cannot be pulled: no")


def test_a_job_given_up_as_it_started_may_have_sent_sql():
    given_up = job(DEADLINE, **{"slipway.dev/stopped": "image_pull: image x cannot be pulled"})
    verdict = classify.outcome(given_up, [pod(ended(143))], [])
    assert verdict.cls == "interrupted"


@pytest.mark.parametrize(
    ("pods", "condition", "words"),
    [
        ([pod(ended(3))], FAILED, "container migrate ended with exit code 3"),
        ([pod(ended(137, reason="OOMKilled"))], FAILED, r"lack of memory \(limit 64Mi\)"),
        ([pod(ended(143), status=DISRUPTED)], FAILED, "mig-1-x on node node-1 .* evicted by x"),
        ([], DEADLINE, "deadline of 60 s"),
    ],
    ids=str,
)
def test_sentences(pods, condition, words):
    assert re.search(words, classify.outcome(job(condition), pods, []).sentence)


def event(reason: str, count: int = 1, message: str = "because") -> dict:
    return {"reason": reason, "count": count, "message": message, "metadata": {}}


def waiting(reason: str, message: str = "why") -> list[dict]:
    return [pod(quick_yaml.dump({"waiting": {"reason": reason, "message": message}}))]


UNPLACED = "{conditions: [{type: PodScheduled, status: 'False', message: 0/1 nodes}]}"
HINDRANCES = {
    "no pod yet": ([], [], ("no_pod", 30)),
    "quota, once": ([], [event("FailedCreate")], ("no_pod", 30)),
    "quota, three times": ([], [event("FailedCreate", 3)], ("no_pod", 0)),
    "bad image name": (waiting("InvalidImageName"), [], ("image_pull", 0)),
    "image not there, never pulled": (waiting("ErrImageNeverPull"), [], ("image_pull", 0)),
    "image not found": (waiting("ErrImagePull"), [], ("image_pull", 60)),
    "image not found for long": (
        waiting("ImagePullBackOff"),
        [event("BackOff", 3)],
        ("image_pull", 0),
    ),
    "key of a secret missing": (waiting("CreateContainerConfigError"), [], ("config", 30)),
    "image runs as root": (
        waiting("CreateContainerConfigError", "container has runAsNonRoot and image will …"),
        [],
        ("config", 0),
    ),
    "command not found": (waiting("RunContainerError"), [], ("config", 30)),
    "volume": (
        [pod("{waiting: {reason: ContainerCreating}}")],
        [event("FailedMount")],
        ("config", 30),
    ),
    "no node": ([pod("", status=UNPLACED)], [], ("unschedulable", 120)),
}


@pytest.mark.parametrize(("pods", "events", "expected"), HINDRANCES.values(), ids=HINDRANCES)
def test_what_keeps_it_from_starting(pods, events, expected):
    found = hindrance(quick_yaml.load(JOB), pods, events)
    assert (found.cls, found.patience_s) == expected


@pytest.mark.parametrize(
    "pods",
    [[pod("{waiting: {reason: ContainerCreating}}")], [pod("{running: {}}")], [pod(ended(1))]],
    ids=["being made", "runs", "ended"],
)
def test_nothing_keeps_it(pods):
    assert hindrance(quick_yaml.load(JOB), pods, []) is None


def after_a_helper(reason: str, helpers: str) -> dict:
    """A pod whose first container has waited for the database, and whose second cannot start."""
    made = waiting(reason)[0]
    done = {"name": "wait", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    made["status"]["initContainerStatuses"] = [done]
    made["metadata"]["annotations"] = {"slipway.dev/helpers": helpers}
    return made


def test_what_comes_after_a_helper_may_be_kept_from_starting_too():
    """An image that did not exist was waited for until the time was over."""
    job = quick_yaml.load(JOB)
    held = hindrance(job, [after_a_helper("ErrImagePull", "wait,verify")], [])
    assert (held.cls, held.patience_s) == ("image_pull", 60)
    assert hindrance(job, [after_a_helper("ErrImagePull", "")], []) is None  # it may have sent SQL
    mounted_by_now = [event("FailedMount")]
    assert hindrance(job, [after_a_helper("PodInitializing", "wait")], mounted_by_now) is None


def test_a_workload_that_crashes_as_it_starts_is_given_up():
    crashed = {"name": "startup", "lastState": {"terminated": {"exitCode": 1}}}
    found = {
        "metadata": {"name": "p"},
        "spec": {"initContainers": [{"name": "startup", "restartPolicy": "Always"}]},
        "status": {"initContainerStatuses": [crashed]},
    }
    held = hindrance(quick_yaml.load(JOB), [found], [])
    assert (str(held.cls), held.patience_s) == ("app_exit", 0.0)
    assert held.sentence == "container startup ended with exit code 1 as it started"

    del crashed["lastState"]
    assert hindrance(quick_yaml.load(JOB), [found], []) is None


def test_a_workload_that_is_ended_after_it_was_verified_has_not_crashed():
    """Its SIGTERM is seen a moment before the Job's end: a passed migration counted as failed."""
    ended_well = {"name": "startup", "state": {"terminated": {"exitCode": 0}}}
    verified = {"name": "verify", "state": {"terminated": {"exitCode": 0}}}
    found = {
        "metadata": {"name": "p", "annotations": {"slipway.dev/helpers": "wait,verify"}},
        "spec": {"initContainers": [{"name": "startup", "restartPolicy": "Always"}]},
        "status": {"initContainerStatuses": [ended_well], "containerStatuses": [verified]},
    }
    assert hindrance(quick_yaml.load(JOB), [found], []) is None
    del found["status"]["containerStatuses"]
    assert hindrance(quick_yaml.load(JOB), [found], []).cls == "app_exit"
