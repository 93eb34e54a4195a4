# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cluster API. Source: cluster-api.sigs.k8s.io, "Conditions" and the phases of each kind."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.generic import by_conditions
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Status,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    conditions,
    count,
    evidence,
    is_false,
    is_true,
    mapping,
    parts,
    said,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref

BUSY = ("RollingOut", "Updating", "EKSControlPlaneUpdating", "ScalingUp", "ScalingDown")
MUST = ("EtcdClusterHealthy",)
COUNTS = ("updatedReplicas", "upToDateReplicas", "readyReplicas", "availableReplicas")


def cluster_api(obj: Object, view: View) -> Verdict:
    """Judge Cluster, Machine, MachineDeployment, MachinePool and control planes."""
    if spec(obj).get("paused"):
        return suspended("spec.paused is set")
    have = status(obj)
    if told := str(have.get("failureMessage") or have.get("failureReason") or ""):
        return failed("Failed", told, (Evidence(str(ref(obj)), told),))
    verdict = _told_by_conditions(obj) or by_conditions(obj, view)
    if verdict.status is Status.READY:
        return _counts(obj) or verdict
    is_silent = verdict.reason == "NotReported"
    return (_counted(obj) if is_silent else None) or verdict


def machine_health_check(obj: Object, view: View) -> Verdict:
    """Judge a MachineHealthCheck: as many machines are healthy as it expects."""
    have = status(obj)
    if "currentHealthy" not in have:
        return progressing("NotObserved", "no status yet")
    want, healthy = count(have, "expectedMachines"), count(have, "currentHealthy")
    text = f"{healthy}/{want} machines healthy"
    return ready(text) if healthy >= want else progressing("NotReady", text)


def _told_by_conditions(obj: Object) -> Verdict | None:
    newer = parts(mapping(status(obj).get("v1beta2")).get("conditions"))
    for one in [*conditions(obj), *newer]:
        kind, reason = str(one.get("type")), str(one.get("reason") or one.get("type"))
        is_broken = one.get("severity") == "Error" or kind in MUST
        if is_false(one) and is_broken:
            return failed(reason, said(one), (evidence(obj, one),))
        if is_true(one) and kind in BUSY:
            return progressing(reason, said(one), evidence=(evidence(obj, one),))
    return None


def _counts(obj: Object) -> Verdict | None:
    """Where machines are counted, all of them must be new and ready."""
    have = status(obj)
    want = spec(obj).get("replicas", have.get("replicas"))
    if not isinstance(want, int) or "replicas" not in have:
        return None
    for key in COUNTS:
        if key in have and count(have, key) < want:
            return progressing("NotReady", f"{key} is {count(have, key)} of {want}")
    return None


def _counted(obj: Object) -> Verdict | None:
    if "readyReplicas" not in status(obj):
        return None
    return _counts(obj) or ready(f"{count(status(obj), 'readyReplicas')} ready")
