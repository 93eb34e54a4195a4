# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HorizontalPodAutoscaler: it can read its metrics and set the scale.

Source: kubernetes.io/docs, "HorizontalPodAutoscaler status conditions".
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Trouble,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    annotation,
    condition,
    conditions,
    count,
    evidence,
    is_true,
    said,
    since,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
)

PERMANENT = {"InvalidSelector", "InvalidMetricSourceType", "AmbiguousSelector"}
V1_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"


def autoscaler(obj: Object, view: View) -> Verdict:
    """Judge a HorizontalPodAutoscaler of any version."""
    found = conditions(obj) or _of_version_1(obj)
    if not found:
        return progressing("NotObserved", "no condition yet")
    able, active = condition(found, "AbleToScale"), condition(found, "ScalingActive")
    for one in (able, active):
        if not one:
            return progressing("NotObserved", "not all conditions are there yet")
        if not is_true(one) and one.get("reason") != "ScalingDisabled":
            return _not_able(obj, one)
    if active.get("reason") == "ScalingDisabled":
        return ready("off while its target is scaled to 0", "ScalingDisabled")
    return ready(f"{count(status(obj), 'currentReplicas')} replicas")


def _not_able(obj: Object, one: dict[str, Any]) -> Verdict:
    text, proof = said(one), (evidence(obj, one),)
    reason = str(one.get("reason") or "NotAbleToScale")
    if reason in PERMANENT or "missing request" in text:
        return failed(reason, text, proof)
    uid = str(metadata(obj).get("uid") or "")
    trouble = Trouble(Category.METRICS, reason, text, uid=uid, since=since(one), evidence=proof)
    return progressing(reason, text, trouble)


def _of_version_1(obj: Object) -> list[dict[str, Any]]:
    """autoscaling/v1 keeps its conditions as JSON in an annotation."""
    try:
        found = json.loads(annotation(obj, V1_CONDITIONS) or "[]")
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
