# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PodDisruptionBudget and FlowSchema: seen by their controllers, and pointing to what exists."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Trouble,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    count,
    evidence,
    is_false,
    is_true,
    said,
    since,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, metadata


def disruption_budget(obj: Object, view: View) -> Verdict:
    """Judge a budget by its status, not by the health of the pods that it guards."""
    have = status(obj)
    if "observedGeneration" not in have and "expectedPods" not in have and not conditions(obj):
        return progressing("NotObserved", "no status yet")
    allowed = condition(conditions(obj), "DisruptionAllowed")
    if is_false(allowed) and allowed.get("reason") == "SyncFailed":
        return failed("SyncFailed", said(allowed), (evidence(obj, allowed),))
    healthy, expected = count(have, "currentHealthy"), count(have, "expectedPods")
    stuck = expected and healthy >= expected and not count(have, "disruptionsAllowed")
    warning = "it allows no eviction: a node with such a pod cannot be drained" if stuck else ""
    return ready("observed", "Observed", warning=warning)


def flow_schema(obj: Object, view: View) -> Verdict:
    """Judge a FlowSchema: the priority level that it names exists."""
    dangling = condition(conditions(obj), "Dangling")
    if is_false(dangling):
        return ready("its priority level exists", "Observed")
    if not is_true(dangling):
        return progressing("NotObserved", "no status yet")
    uid, proof = str(metadata(obj).get("uid") or ""), (evidence(obj, dangling),)
    trouble = Trouble(
        Category.REFERENCE,
        "MissingReference",
        said(dangling),
        uid=uid,
        since=since(dangling),
        evidence=proof,
    )
    return progressing("MissingReference", said(dangling), trouble)
