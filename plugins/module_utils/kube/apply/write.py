# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out: level by level, inside a level everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.diff import differs
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.handover import (
    HOLDER,
    handover,
    released,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import (
    by_level,
    level_of,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import (
    Action,
    Item,
    plan,
    send,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import (
    Refusal,
    conflicts,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import MANAGER
from ansible_collections.slipway.stack.plugins.module_utils.kube.seal import seal
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import references

Numbered = tuple[int, Item]


def write(work: Work, items: Sequence[Numbered]) -> dict[int, Item | Refusal]:
    """Write the numbered items that change something; return what became of each.

    After a level with a refusal the later levels are not started and are not in the answer.
    """
    done: dict[int, Item | Refusal] = {}
    changing = [item.desired for _number, item in items if item.changes]
    made = {obj["metadata"]["name"] for obj in changing if obj["kind"] == "Secret"}
    pairs = [(level_of(item.source), (number, item)) for number, item in items if item.changes]
    for group in by_level(pairs):
        outcomes = in_parallel(lambda numbered: _write_one(work, numbered[1], made), group)
        done |= {number: one for (number, _item), one in zip(group, outcomes, strict=True)}
        if any(isinstance(one, Refusal) for one in outcomes):
            break
    return done


def _seals(item: Item, made: set[str]) -> bool:
    found = seal(item.source)
    return bool(found and found.secrets & made)


def _write_one(work: Work, item: Item, made: set[str]) -> Item | Refusal:
    try:
        if references(item.source) or _seals(item, made):
            # The Secrets that it is made from may not have got the values of our plan.
            (again,) = plan(work, [item.source])
            if isinstance(again, Refusal) or not again.changes:
                return again
            item = again
        written = _create_secret(work, item) if item.generated else _send(work, item)
    except KubeError as error:
        return Refusal(item.desired, error)
    if isinstance(written, Item) and written.changes:
        one = ref(item.desired)
        work.report(f"{written.action} {one.kind} {one.name}")
    return written


def _send(work: Work, item: Item) -> Item:
    turn = handover(item.desired, item.live)
    if turn:
        send(work, turn.held(item.desired), dry=False, manager=HOLDER)
    answer = send(work, item.desired, dry=False)
    if turn and turn.wanted is not None:
        send(work, released(item.desired), dry=False, manager=HOLDER)
    changed = not item.live or differs(item.live, answer)
    return item._replace(answer=answer, action=item.action if changed else Action.UNCHANGED)


def _create_secret(work: Work, item: Item) -> Item | Refusal:
    """Write a Secret with new values so that they can never replace others.

    Two runs at once would both find no Secret, and the second apply would change the password
    that the first database was made with. So the generated keys are created, not applied (or
    applied to exactly the version that was read); the loser reads again and keeps what it finds.
    """
    try:
        if item.live:
            return _send(work, item._replace(desired=_same_version(item)))
        _create(work, item)
    except ApiError as error:
        if error.status != 409 or conflicts(error):
            raise
        (again,) = plan(work, [item.source])
        if isinstance(again, Refusal):
            return again
        return _create_secret(work, again) if again.generated else _send(work, again)
    return _send(work, item)


def _create(work: Work, item: Item) -> None:
    one = ref(item.desired)
    path = work.kinds.path(one.api_version, one.kind, one.namespace)
    work.client.request("POST", path, query={"fieldManager": MANAGER}, body=_seed(item))


def _seed(item: Item) -> Object:
    one, data = ref(item.desired), item.desired["data"]
    body: dict[str, Any] = {
        "apiVersion": one.api_version,
        "kind": one.kind,
        "metadata": {"name": one.name, "namespace": one.namespace},
        "data": {key: data[key] for key in sorted(item.generated)},
    }
    return body | ({"type": item.desired["type"]} if "type" in item.desired else {})


def _same_version(item: Item) -> Object:
    version = (item.live or {})["metadata"]["resourceVersion"]
    meta = {**item.desired["metadata"], "resourceVersion": version}
    return {**item.desired, "metadata": meta}
