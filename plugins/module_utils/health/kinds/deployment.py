# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployment: ready when updated = available = ready = desired and no old pod is left.

Source: kubernetes.io/docs, "Deployment status"; kubectl's rollout status.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health import revision, workload
from ansible_collections.slipway.stack.plugins.module_utils.health.claims import blocked_claims
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Status,
    Trouble,
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
    plural,
    said,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, metadata

NEVER = 2**31 - 1
UNPROVEN_S = 5


def deployment(obj: Object, view: View) -> Verdict:
    """Judge a Deployment by its counts, then explain it by its new ReplicaSet's pods."""
    if spec(obj).get("paused"):
        return suspended("paused: nothing rolls out until it is resumed")
    pods = revision.of_deployment(obj, view.related)
    held = _refused(obj, view) + blocked_claims(pods, view)
    return _deadline(obj, view, workload.explained(_settled(obj, view), pods, view, held=held))


def _refused(obj: Object, view: View) -> list[Trouble]:
    """Raise what its ReplicaSet cannot create to the Deployment at once."""
    newest = revision.new_replica_set(obj, view.related)
    return (newest and workload.not_created(newest, view)) or workload.not_created(obj, view)


def _settled(obj: Object, view: View) -> Verdict:
    """Doubt for a moment what nothing proves: without a probe, to have been started is enough.

    A container that crashes at once is available for a second, and so is its Deployment.
    """
    verdict = _counts(obj)
    found = conditions(obj)
    became = max(
        seconds(condition(found, "Available").get("lastTransitionTime")) or 0.0,
        seconds(condition(found, "Progressing").get("lastUpdateTime")) or 0.0,
    )
    until = became + UNPROVEN_S
    is_new = became <= view.now < until
    if verdict.status is not Status.READY or not is_new or _has_probes(obj):
        return verdict
    text = f"started, but it has no readiness probe: watched for {UNPROVEN_S} s"
    uid = str(metadata(obj).get("uid") or "")
    doubt = Trouble(Category.WAITING, "Unproven", text, uid=uid, until=until)
    return progressing("Unproven", text, doubt)


def _has_probes(obj: Object) -> bool:
    """Whether readiness is proven: by a probe in each container, or by minReadySeconds.

    Also where there is nothing to prove.
    """
    template = (spec(obj).get("template") or {}).get("spec") or {}
    containers = template.get("containers") or []
    asks_no_proof = spec(obj).get("minReadySeconds") or spec(obj).get("replicas") == 0
    return bool(asks_no_proof) or all(one.get("readinessProbe") for one in containers)


def _counts(obj: Object) -> Verdict:
    want, have = count(spec(obj), "replicas", 1), status(obj)
    if not have:
        return progressing("NotObserved", "no status yet")
    updated, available = count(have, "updatedReplicas"), count(have, "availableReplicas")
    at_work = count(have, "readyReplicas", available)
    total = count(have, "replicas")
    if updated < want:
        return progressing("RollingOut", f"{updated}/{want} updated")
    if at_work < want:
        return progressing("NotReady", f"{at_work}/{want} ready")
    if available < want:
        return progressing("NotAvailable", f"{available}/{want} available")
    if total > updated:
        return progressing("OldPodsLeft", f"{plural(total - updated, 'old pod')} not gone yet")
    if total > want:
        return progressing("ScalingDown", f"{total - want} more than the {want} wanted")
    return _conditions(obj, want)


def _conditions(obj: Object, want: int) -> Verdict:
    """The counts are there; the controller must say so too."""
    found = conditions(obj)
    available, moving = condition(found, "Available"), condition(found, "Progressing")
    if not is_true(available):
        return _not_said(obj, "NotAvailable", available, "not called available yet")
    if not moving and not _reports_progress(obj):
        return ready(f"{want}/{want} ready")
    if not is_true(moving) or moving.get("reason") != "NewReplicaSetAvailable":
        return _not_said(obj, "RollingOut", moving, "not called rolled out yet")
    return ready(f"{want}/{want} ready")


def _reports_progress(obj: Object) -> bool:
    """Whether the controller keeps a Progressing condition: not for a deadline of "never".

    Where no deadline is shown at all, only a second roll-out surely has one.
    """
    deadline = spec(obj).get("progressDeadlineSeconds")
    if deadline is None:
        rolls_out = count(spec(obj), "replicas", 1) > 0
        return rolls_out and (integer(annotation(obj, revision.REVISION)) or 0) > 1
    return bool(deadline < NEVER)


def _not_said(obj: Object, reason: str, one: dict[str, Any], otherwise: str) -> Verdict:
    if not one:
        return progressing(reason, otherwise)
    return progressing(reason, said(one), evidence=(evidence(obj, one),))


def _deadline(obj: Object, view: View, verdict: Verdict) -> Verdict:
    """Fail at this roll-out's progress deadline; an earlier one's proves nothing.

    One that was over before we looked is named and fails later: its cause may be gone by now.
    """
    moving = condition(conditions(obj), "Progressing")
    passed = is_false(moving) and moving.get("reason") == "ProgressDeadlineExceeded"
    if not passed or verdict.status is not Status.PROGRESSING:
        return verdict
    when = seconds(moving.get("lastUpdateTime")) or seconds(moving.get("lastTransitionTime"))
    if when is not None and when < view.applied_at:
        return verdict
    proof: tuple[Evidence, ...] = (evidence(obj, moving),)
    proof += tuple(found for one in verdict.troubles[:1] for found in one.evidence)
    clause = f"no progress within its progress deadline: {verdict.message}"
    if when is not None and when < view.began:
        reason = "ProgressDeadlineExceeded"
        late = Trouble(Category.DEADLINE, reason, clause, since=view.began, evidence=proof)
        return verdict._replace(troubles=(*verdict.troubles, late))
    return failed("ProgressDeadlineExceeded", clause, proof)
