# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge troubles over their history: failure = class x continuous time x share of the new pods.

Never a count of events, never an instant: krane made ImagePullBackOff fatal and un-made it after
registry blips; Helm 4 fails a workload 15 s into a node's autoscaling.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Status,
    Trouble,
    Verdict,
)

Key = tuple[str, str, str]
History = Mapping[Key, float]

# WAITING is not here: it never fails by itself.
GRACE_S: dict[Category, float] = {
    Category.SPEC: 5,
    Category.QUOTA: 5,
    Category.ADMISSION: 120,
    Category.REFERENCE: 20,
    Category.IMAGE: 20,
    Category.REGISTRY: 120,
    Category.CRASH: 20,
    Category.PLACEMENT: 60,
    Category.VOLUME: 60,
    Category.ROUTE: 20,
    Category.METRICS: 120,
    Category.DEADLINE: 60,
    Category.CUSTOM: 60,
    Category.DENIED: 600,
}
# A template that works in one pod is not wrong: give the others more time (a bad node, a blip).
SOME_READY_FACTOR = 3
CRASH_RESTARTS = 2
CRASH_ALL_S = 10
CRASH_ONCE_S = 120


def remember(history: History, troubles: Iterable[Trouble], now: float) -> dict[Key, float]:
    """Return since when each present trouble has lasted; what is gone is forgotten."""
    began: dict[Key, float] = {}
    for trouble in troubles:
        seen = history.get(trouble.key, now)
        began[trouble.key] = seen if trouble.since is None else min(seen, trouble.since)
    return began


def judge(
    verdict: Verdict, history: History | None, now: float, *, not_before: float = 0.0
) -> Verdict:
    """Turn a progressing verdict into a failed one if a trouble outlasted its grace.

    history:    from `remember`; None: whatever has no date has lasted long.
    not_before: when our apply ended; what was wrong before it may have been put right by it.
    """
    if verdict.status is not Status.PROGRESSING or not verdict.troubles:
        return verdict
    for trouble in verdict.troubles:
        if now >= _fails_at(trouble, verdict, history, now, not_before):
            return verdict._replace(
                status=Status.FAILED,
                reason=trouble.reason,
                message=_where(trouble) + trouble.message,
                evidence=trouble.evidence or verdict.evidence,
            )
    return verdict


def next_look(verdict: Verdict, history: History, now: float, *, not_before: float = 0.0) -> float:
    """Return when time alone may change a verdict: a trouble lasts too long, or has passed.

    verdict: as it was read, before `judge`. Infinite where only another snapshot can change it.
    """
    fails = (_fails_at(one, verdict, history, now, not_before) for one in verdict.troubles)
    passes = (one.until for one in verdict.troubles)
    return min((at for at in (*fails, *passes) if at > now), default=math.inf)


def _fails_at(
    trouble: Trouble, verdict: Verdict, history: History | None, now: float, not_before: float
) -> float:
    """Return when a trouble outlasts its grace, infinite for one that fails nothing."""
    if trouble.category is Category.WAITING or trouble.recovering:
        return math.inf
    if trouble.since is not None:
        began = max(trouble.since, not_before)
    else:
        began = -math.inf if history is None else history.get(trouble.key, now)
    return began + _grace(trouble, verdict)


def _grace(trouble: Trouble, verdict: Verdict) -> float:
    grace = GRACE_S[trouble.category]
    if trouble.category is Category.CRASH:
        grace = _crash_grace(trouble, verdict)
    if trouble.pod and verdict.peers.ready:
        grace *= SOME_READY_FACTOR
    return grace


def _crash_grace(trouble: Trouble, verdict: Verdict) -> float:
    """Two restarts and 20 s; sooner if every one of several pods crashes, later after only one."""
    crashing = {one.pod for one in verdict.troubles if one.category is Category.CRASH}
    if len(crashing) >= max(2, verdict.peers.total):
        return CRASH_ALL_S
    if trouble.restarts is not None and trouble.restarts < CRASH_RESTARTS:
        return CRASH_ONCE_S
    return GRACE_S[Category.CRASH]


def _where(trouble: Trouble) -> str:
    if not trouble.pod:
        return ""
    container = f"container {trouble.container} of " if trouble.container else ""
    return f"{container}pod {trouble.pod}: "
