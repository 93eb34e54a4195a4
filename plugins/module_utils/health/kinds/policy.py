# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PodDisruptionBudget: seen by its controller; one that blocks every eviction is told."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
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
    said,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object


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
