# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom kinds that roll something out: Argo Rollouts, OpenKruise, OpenShift, gitops-promoter."""

from __future__ import annotations

import math
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.custom import (
    says,
    value_at,
    word,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.generic import DONE
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Status,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    annotation,
    condition,
    conditions,
    count,
    evidence,
    integer,
    is_false,
    is_true,
    mapping,
    parts,
    said,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

NOT_YET = progressing("NoStatus", "its controller has not reported yet")
WORKLOAD_GENERATION = "rollout.argoproj.io/workload-generation"


def argo_rollout(obj: Object, view: View) -> Verdict:
    """Judge an Argo Rollout: by its phase, before 1.0 by its counts and hashes."""
    asked = integer(annotation(obj, WORKLOAD_GENERATION))
    seen = integer(status(obj).get("workloadObservedGeneration"))
    if asked is not None and seen is not None and seen < asked:
        return progressing("NotObserved", "its controller has not seen the workload's change yet")
    if status(obj).get("phase"):
        return _ROLLOUT(obj, view)
    return _older_trouble(obj) or _older_counts(obj) or _older_traffic(obj)


_ROLLOUT = word("status.phase", ready="healthy", failed="degraded", suspended="paused")


def _older_trouble(obj: Object) -> Verdict | None:
    found = conditions(obj)
    moving = condition(found, "Progressing")
    if bad := condition(found, "InvalidSpec"):
        return failed("InvalidSpec", said(bad), (evidence(obj, bad),))
    if moving.get("reason") in ("RolloutAborted", "ProgressDeadlineExceeded"):
        return failed(str(moving["reason"]), said(moving), (evidence(obj, moving),))
    have = status(obj)
    stands = (
        have.get("pauseConditions") or have.get("pauseStartTime") or have.get("controllerPause")
    )
    if stands or have.get("verifyingPreview") or spec(obj).get("paused"):
        return suspended("it is paused")
    return None


def _older_counts(obj: Object) -> Verdict | None:
    have, want = status(obj), count(spec(obj), "replicas", 1)
    if not have.get("currentPodHash"):
        return NOT_YET
    updated = count(have, "updatedReplicas")
    if updated < want or count(have, "availableReplicas") < updated:
        return progressing("RollingOut", f"{count(have, 'availableReplicas')}/{want} available")
    is_blue_green = "blueGreen" in mapping(spec(obj).get("strategy"))
    if not is_blue_green and count(have, "replicas") > updated:
        return progressing("OldPodsLeft", "old pods are not gone yet")
    return None


def _older_traffic(obj: Object) -> Verdict:
    """Whether the new pods have the traffic, or are the stable ones."""
    have = status(obj)
    hashes: list[Any] = [
        have.get("stableRS"),
        value_at(have, "canary.stableRS"),
        value_at(have, "blueGreen.activeSelector"),
        have.get("activeSelector"),
    ]
    told = [one for one in hashes if one]
    if told and all(one == have["currentPodHash"] for one in told):
        return ready("healthy", "Healthy")
    return progressing("Promoting", "the new pods have not taken over yet")


def kruise_set(obj: Object, view: View) -> Verdict:
    """Judge OpenKruise's CloneSet, StatefulSet and DaemonSet: their counts, unless they stand."""
    have = status(obj)
    if not have:
        return NOT_YET
    strategy = mapping(spec(obj).get("updateStrategy"))
    rolling = mapping(strategy.get("rollingUpdate"))
    if strategy.get("paused") or rolling.get("paused"):
        return suspended("its update strategy is paused")
    want = count(
        have, "desiredNumberScheduled", count(spec(obj), "replicas", count(have, "replicas"))
    )
    keys = (
        ("updatedNumberScheduled", "numberAvailable")
        if "desiredNumberScheduled" in have
        else ("updatedReplicas", "updatedAvailableReplicas")
    )
    partition = _partition(strategy.get("partition") or rolling.get("partition"), want)
    updated, allowed = (
        count(have, keys[0]),
        count(have, "expectedUpdatedReplicas", want - partition),
    )
    if partition and updated >= allowed:
        return suspended(f"updated as far as its partition of {partition} lets it")
    for key in keys:
        if count(have, key) < want:
            return progressing("NotReady", f"{key} is {count(have, key)} of {want}")
    return ready(f"{want}/{want} ready")


def _partition(value: Any, want: int) -> int:
    """Return how many pods stay old: a number, or a share such as ``30%``, rounded up."""
    text = str(value or "0")
    if text.endswith("%") and text[:-1].isdigit():
        return math.ceil(want * int(text[:-1]) / 100)
    return integer(text) or 0


def kruise_rollout(obj: Object, view: View) -> Verdict:
    """Judge OpenKruise's Rollout: a step that is paused waits for a person."""
    steps = mapping(status(obj).get("canaryStatus") or status(obj).get("blueGreenStatus"))
    is_moving = str(status(obj).get("phase")) == "Progressing"
    if steps.get("currentStepState") == "StepPaused" and is_moving:
        return suspended("its current step is paused")
    return _KRUISE_ROLLOUT(obj, view)


_KRUISE_ROLLOUT = word("status.phase", ready="healthy", failed="disabled,terminating")


def advanced_cron_job(obj: Object, view: View) -> Verdict:
    """Judge OpenKruise's AdvancedCronJob as a CronJob: what it starts is not its own health."""
    if spec(obj).get("paused"):
        return suspended("spec.paused is set")
    return ready("scheduled", "Scheduled") if status(obj) else NOT_YET


def deployment_config(obj: Object, view: View) -> Verdict:
    """Judge OpenShift's DeploymentConfig: available, and its roll-out done."""
    found = conditions(obj)
    available, moving = condition(found, "Available"), condition(found, "Progressing")
    if not found:
        return NOT_YET
    if is_false(moving) and not is_true(available):
        return failed("RolloutFailed", said(moving), (evidence(obj, moving),))
    for one in (available, moving):
        if not is_true(one):
            return progressing("NotReady", said(one) if one else "not all conditions are there yet")
    if moving.get("reason") not in (*DONE, None, ""):
        return progressing(str(moving["reason"]), said(moving))
    return ready("rolled out")


def promotion(obj: Object, view: View) -> Verdict:
    """Judge gitops-promoter's strategies: what is proposed is what is active, everywhere."""
    verdict = _PROMOTED(obj, view)
    if verdict.status is not Status.READY:
        return verdict
    have = status(obj)
    for one in parts(have.get("environments")) or [have]:
        active, proposed = (
            value_at(one, "active.dry.sha"),
            value_at(one, "proposed.dry.sha"),
        )
        if not active or active != proposed:
            where = f" in {one['branch']}" if one.get("branch") else ""
            return progressing("Promoting", f"{proposed} is proposed, {active} is active{where}")
    return verdict


_PROMOTED = says("Ready", false_fails=True)
