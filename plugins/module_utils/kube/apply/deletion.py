# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletes single objects and waits for their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import level
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    metadata,
)

WORKLOADS = level("Deployment")
HEARTBEAT_S = 15.0
LONGEST_S = 300.0


def delete(work: Work, one: Ref, live: Object) -> None:
    """Delete exactly the object that was judged; in check mode only say so.

    A workload goes after its pods, so that its end can be waited for.
    """
    work.report(f"{'would delete' if work.check else 'deleted'} {one.kind} {one.name}")
    if work.check:
        return
    options: dict[str, Any] = {"preconditions": {"uid": metadata(live)["uid"]}}
    options["propagationPolicy"] = "Foreground" if level(one.kind) == WORKLOADS else "Background"
    try:
        work.client.request("DELETE", work.path(one), body=options)
    except ApiError as error:
        if error.status != 404:
            raise


def await_gone(work: Work, deleted: Sequence[tuple[Ref, Object]]) -> None:
    """Wait until the deleted objects are gone. Raises KubeError, which names what is left."""
    start = beat = work.now()
    left = list(deleted)
    while left := _left(work, left):
        now = work.now()
        names = ", ".join(str(one) for one, _live in left[:5])
        if now - start > LONGEST_S:
            raise KubeError(_stuck(work, left))
        if now - beat >= HEARTBEAT_S:
            beat = now
            work.report(f"waiting {now - start:.0f} s for the end of {names}")
        work.sleep(0.5)


def _left(work: Work, deleted: Sequence[tuple[Ref, Object]]) -> list[tuple[Ref, Object]]:
    now = in_parallel(lambda pair: work.get(pair[0]), deleted)
    return [
        (one, current)
        for (one, live), current in zip(deleted, now, strict=True)
        if current and metadata(current)["uid"] == metadata(live)["uid"]
    ]


def _stuck(work: Work, left: Sequence[tuple[Ref, Object]]) -> str:
    reasons = []
    for one, live in left:
        finalizers = metadata(live).get("finalizers") or []
        conditions = (live.get("status") or {}).get("conditions") or []
        notes = [note["message"] for note in conditions if note.get("status") == "True"]
        reasons.append(f"{one} (finalizers: {', '.join(finalizers) or 'none'}){_list(notes)}")
    return (
        f"Still being deleted after {LONGEST_S:.0f} s: {'; '.join(reasons)}. Whoever set a "
        "finalizer has to finish; then run this again."
    )


def _list(notes: Sequence[str]) -> str:
    return f": {' '.join(notes)}" if notes else ""
