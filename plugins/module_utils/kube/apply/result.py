# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the module, in one shape however many objects there are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.diff import diff
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import Action, Item
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import Stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.restart import because
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    metadata,
    ref,
)


def applied(items: Sequence[Item], stale: Sequence[Stale]) -> dict[str, Any]:
    """Every object was taken (or, in check mode, would be)."""
    return {
        "changed": any(item.changes for item in items),
        "resources": [_resource(item) for item in items],
        "stale": [one.ref.as_dict() for one in stale if not one.kept],
        "restarts": list(_restarts(items)),
        "diff": [_diff(item) for item in items if item.changes],
        "errors": [],
        "msg": summary([item.action for item in items]),
    }


def refused(outcomes: Sequence[Item | Refusal], written: Sequence[int]) -> dict[str, Any]:
    """Some were refused. written: indexes of those that had been written before."""
    done = frozenset(written)
    refusals = [one for one in outcomes if isinstance(one, Refusal)]
    changed = [
        one for index, one in enumerate(outcomes)
        if index in done and isinstance(one, Item) and one.changes
    ]  # fmt: skip
    before = summary([item.action for item in changed]) if changed else "Nothing was changed"
    sentences = "\n".join(str(one) for one in refusals)
    return {
        "failed": True,
        "changed": bool(changed),
        "resources": [_after(one, index in done) for index, one in enumerate(outcomes)],
        "stale": [],
        "restarts": list(_restarts(changed)),
        "diff": [_diff(item) for item in changed],
        "errors": [one.as_dict() for one in refusals],
        "msg": f"{before}: {len(refusals)} of {len(outcomes)} objects refused.\n{sentences}",
    }


def pruned(gone: Sequence[Stale], kept: Sequence[Stale]) -> dict[str, Any]:
    """Objects were deleted (or, in check mode, would be)."""
    return {
        "changed": bool(gone),
        "resources": [
            {**one.ref.as_dict(), "action": "kept" if one.kept else "deleted", "reason": one.kept}
            for one in (*gone, *kept)
        ],
        "stale": [one.ref.as_dict() for one in kept],
        "restarts": [],
        "diff": [diff(one.live, None) for one in gone],
        "errors": [],
        "msg": f"{len(gone)} deleted, {len(kept)} kept",
    }


def summary(actions: Sequence[str]) -> str:
    """One line, such as ``12 objects: 3 created, 1 configured, 8 unchanged``."""
    count = Counter(actions)
    parts = ", ".join(f"{count[action]} {action}" for action in Action if count[action])
    return f"{len(actions)} object{'' if len(actions) == 1 else 's'}: {parts or 'none'}"


def _resource(item: Item) -> dict[str, Any]:
    return _entry(ref(item.desired), item.answer, item.action)


def _after(outcome: Item | Refusal, written: bool) -> dict[str, Any]:
    if isinstance(outcome, Refusal):
        return _entry(ref(outcome.obj), None, "refused")
    if outcome.changes and not written:
        return _entry(ref(outcome.desired), outcome.live, Action.SKIPPED)
    return _resource(outcome)


def _entry(one: Ref, live: Object | None, action: str) -> dict[str, Any]:
    meta = metadata(live or {})
    return {
        **one.as_dict(),
        "uid": meta.get("uid", ""),
        "generation": meta.get("generation", 0),
        "action": str(action),
    }


def _restarts(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        if reasons := because(item.live, item.answer) if item.changes else []:
            yield {**ref(item.desired).as_dict(), "because": reasons}


def _diff(item: Item) -> dict[str, Any]:
    """A new object is shown as it was sent, without what the server fills in."""
    after = item.answer if item.live and item.answer else item.desired
    return diff(item.live, after)
