# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule for kinds that nobody told us of: read the conditions, and fail closed.

kstatus's "no condition → Current" calls most custom resources ready that are not; here a kind
that declares a status and has none is progressing. Source of the vocabulary: Kubernetes API
conventions, "Typical status properties", and the operators' own API types.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    conditions,
    evidence,
    generation,
    integer,
    is_current,
    is_false,
    is_true,
    said,
    since,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

# Any of these decides, the first one that is present.
POSITIVE = (
    "Ready", "Available", "Healthy", "Succeeded", "Complete", "Completed", "Established",
    "Programmed", "Accepted", "Synced", "Reconciled", "ReconcileSuccess", "Active", "Online",
    "Running", "Deployed", "Released", "Valid", "Approved", "Bound", "Initialized",
)  # fmt: skip
# True means trouble.
ABNORMAL = {
    "Stalled": True, "Failed": True, "Failure": True, "Error": True, "ReconcileError": True,
    "ReplicaFailure": True, "Degraded": True, "InvalidSpec": True, "Invalid": True,
    "Reconciling": False, "Progressing": False, "Pending": False, "Updating": False,
    "Deleting": False, "Terminating": False, "Issuing": False,
}  # fmt: skip
READY_PHASES = {
    "active", "available", "bound", "complete", "completed", "deployed", "enabled", "healthy",
    "online", "ready", "reconciled", "running", "succeeded", "success", "synced", "valid",
}  # fmt: skip
FAILED_PHASES = {"aborted", "degraded", "error", "errored", "failed", "failure", "invalid", "lost"}


def by_conditions(obj: Object, view: View) -> Verdict:
    """Judge by abnormal conditions, then by the positive one, then by a phase word."""
    if not status(obj):
        return progressing("NoStatus", "its controller has not reported yet")
    found = [one for one in conditions(obj) if is_current(obj, one)]
    if len(found) < len(conditions(obj)):
        return progressing("NotObserved", "its controller has not seen this generation yet")
    if verdict := _abnormal(obj, found) or _positive(obj, found):
        return verdict
    return _phase(obj)


def _abnormal(obj: Object, found: list[dict[str, Any]]) -> Verdict | None:
    bad = [one for one in found if is_true(one) and one.get("type") in ABNORMAL]
    for one in sorted(bad, key=lambda one: not ABNORMAL[one["type"]]):
        reason, proof = str(one.get("reason") or one["type"]), (evidence(obj, one),)
        if ABNORMAL[one["type"]]:
            return failed(reason, said(one), proof)
        if not any(is_true(good) and good.get("type") == POSITIVE[0] for good in found):
            return progressing(reason, said(one), evidence=proof)
    return None


def _positive(obj: Object, found: list[dict[str, Any]]) -> Verdict | None:
    by_type = {one.get("type"): one for one in found}
    one = next((by_type[kind] for kind in POSITIVE if kind in by_type), None)
    if one is None:
        return None
    if is_true(one):
        return ready(said(one), str(one.get("reason") or one["type"]))
    reason, proof = str(one.get("reason") or f"Not{one['type']}"), (evidence(obj, one),)
    if is_false(one) and _sounds_final(reason):
        uid = str(metadata(obj).get("uid") or "")
        trouble = Trouble(
            Category.VOLUME, reason, said(one), uid=uid, since=since(one), evidence=proof
        )
        return progressing(reason, said(one), trouble)
    return progressing(reason, said(one), evidence=proof)


def _sounds_final(reason: str) -> bool:
    words = ("fail", "error", "invalid", "denied", "notfound", "unsupported", "stalled")
    return any(word in reason.lower() for word in words)


def _phase(obj: Object) -> Verdict:
    have = status(obj)
    for key in ("phase", "state", "status", "health"):
        word = have.get(key)
        if not isinstance(word, str):
            continue
        proof = (Evidence(str(ref(obj)), f"{key} {word}"),)
        if word.lower() in READY_PHASES and _observed(obj):
            return ready(word, word)
        if word.lower() in FAILED_PHASES:
            return failed(word, str(have.get("message") or f"{key} is {word}"), proof)
        return progressing(word, f"{key} is {word}", evidence=proof)
    return progressing("NotReported", "nothing in its status says that it is ready")


def _observed(obj: Object) -> bool:
    seen = integer(status(obj).get("observedGeneration"))
    return seen is None or seen >= generation(obj)
