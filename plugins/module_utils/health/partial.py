# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether enough of a workload is ready, where its owner says that not all of it must be.

A DaemonSet on three hundred nodes has always one whose disk is full.
"""

from __future__ import annotations

import math

from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Status,
    Verdict,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    count,
    generation,
    integer,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref

KINDS = frozenset({"DaemonSet", "Deployment", "StatefulSet"})


def share(text: str) -> float:
    """Return ``80%`` as 0.8; raise HealthError for anything else."""
    digits = text.strip().removesuffix("%")
    if not digits.isdigit() or not 1 <= int(digits) <= 100:
        raise HealthError(f'partial: "{text}" is no share. Write a percentage such as 80%.')
    return int(digits) / 100


def enough(obj: Object, verdict: Verdict, wanted: float) -> Verdict:
    """Return a ready verdict if that share of the new pods is available, else the one given."""
    is_open = verdict.status in (Status.PROGRESSING, Status.FAILED)
    seen = integer(status(obj).get("observedGeneration"))
    is_seen = seen is not None and seen >= generation(obj)
    if ref(obj).kind not in KINDS or wanted >= 1 or not is_open or not is_seen:
        return verdict
    number, total = _available(obj)
    if not total or number < math.ceil(total * wanted):
        return verdict
    text = f"{number}/{total} ready, which is enough"
    return ready(
        text, "Partial", warning=f"{total - number} of {total} not ready: {verdict.message}"
    )


def _available(obj: Object) -> tuple[int, int]:
    """Return how many new pods are surely available, and how many are wanted."""
    have = status(obj)
    if ref(obj).kind == "DaemonSet":
        total = count(have, "desiredNumberScheduled")
        old = total - count(have, "updatedNumberScheduled")
        return max(0, count(have, "numberAvailable") - old), total
    total = count(spec(obj), "replicas", 1)
    old = count(have, "replicas") - count(have, "updatedReplicas")
    return max(0, min(count(have, "availableReplicas") - max(0, old), total)), total
