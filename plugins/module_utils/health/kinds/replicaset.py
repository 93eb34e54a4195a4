# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ReplicaSet and ReplicationController: ready when available = desired."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health import workload
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    count,
    evidence,
    is_true,
    said,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

_LACKING = {"NotObserved", "NotReady"}


def replica_set(obj: Object, view: View) -> Verdict:
    """Judge a ReplicaSet by its counts, then explain it by its pods."""
    pods = view.related.owned("Pod", obj)
    verdict = _counts(obj)
    # With all its pods there, an old refusal is only not taken back yet.
    held = workload.not_created(obj, view) if verdict.reason in _LACKING else []
    return workload.explained(verdict, pods, view, held=held)


def _counts(obj: Object) -> Verdict:
    want, have = count(spec(obj), "replicas", 1), status(obj)
    if not have:
        return progressing("NotObserved", "no status yet")
    for key, word in (
        ("fullyLabeledReplicas", "labelled"),
        ("readyReplicas", "ready"),
        ("availableReplicas", "available"),
    ):
        if count(have, key) < want:
            return progressing("NotReady", f"{count(have, key)}/{want} {word}")
    refused = condition(conditions(obj), "ReplicaFailure")
    if is_true(refused):
        reason = str(refused.get("reason") or "ReplicaFailure")
        return progressing(reason, said(refused), evidence=(evidence(obj, refused),))
    total = count(have, "replicas")
    if total > want:
        return progressing("ScalingDown", f"{total - want} more than the {want} wanted")
    return ready(f"{want}/{want} ready")
