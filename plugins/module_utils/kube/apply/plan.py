# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What applying an object would do, found out without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.coming import Coming
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.diff import differs
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.frozen import changes
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.handover import handover
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.live import Live, fetch
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    PART_OF,
    Work,
    get_or_none,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    labels,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    annotations as notes,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import (
    MANAGER,
    applied_fields,
    settled,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.seal import seal, sealed
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import (
    Filled,
    SecretError,
    fill,
    references,
)

CLAIM = "slipway.dev/claim"
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_FIRST, _COMPOSED, _SEALING = range(3)


class Action(StrEnum):
    """What happens to an object."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class Item(NamedTuple):
    """One object of a plan.

    source:    as it was rendered; a Secret holds placeholders.
    desired:   what is sent; a Secret holds values: never show it unmasked.
    answer:    the live object after the (rehearsed) write, None where it was not rehearsed.
    generated: keys of a Secret whose values are new and must not replace any other.
    """

    source: Object
    desired: Object
    live: Object | None
    action: Action
    answer: Object | None = None
    generated: frozenset[str] = frozenset()

    @property
    def changes(self) -> bool:
        """Whether something has to be written."""
        return self.action in (Action.CREATED, Action.CONFIGURED)

    @property
    def rehearsed(self) -> bool:
        """Whether the API server has seen this object and would take it."""
        return self.answer is not None


def plan(work: Work, objects: Sequence[Object]) -> list[Item | Refusal]:
    """Return one Item or Refusal for each object, in order.

    Secrets that are composed of others come after those, what seals Secrets comes last.
    """
    return _plan(work, objects, fetch(work, objects), rehearsed=True)


def compare(
    work: Work, objects: Sequence[Object], live: Sequence[Object | None]
) -> list[Item | Refusal]:
    """Do the same with live objects that are known, and ask about no change: it may be none."""
    return _plan(work, objects, live, rehearsed=False)


def _plan(
    work: Work, objects: Sequence[Object], live: Sequence[Live], *, rehearsed: bool
) -> list[Item | Refusal]:
    coming = Coming(work, objects, live)
    pairs = list(enumerate(zip(objects, live, strict=True)))
    turns = [_turn(obj) for obj in objects]
    done: dict[int, Item | Refusal] = {}
    for turn in sorted(set(turns)):
        mine = [numbered for numbered in pairs if turns[numbered[0]] == turn]
        if turn == _SEALING:
            coming.look_up(obj for _index, (obj, _live) in mine)
        made = _compare_all(work, coming, [pair for _index, pair in mine])
        if rehearsed:
            made = _rehearse_all(work, coming, made)
        done |= {index: outcome for (index, _pair), outcome in zip(mine, made, strict=True)}
        coming.filled(item.desired for item in made if isinstance(item, Item))
    return [done[index] for index in range(len(objects))]


def _turn(obj: Object) -> int:
    if seal(obj):
        return _SEALING
    return _COMPOSED if obj["kind"] == "Secret" and references(obj) else _FIRST


def send(work: Work, obj: Object, *, dry: bool, manager: str = MANAGER) -> Object:
    """Server-side apply one object; return the live one after it. Raises ApiError.

    manager: other ones are only used to hand fields over, whoever has them.
    """
    force = work.force or manager != MANAGER
    query = {"fieldManager": manager, "fieldValidation": "Strict", "force": force}
    return work.client.request(
        "PATCH",
        work.path(ref(obj)),
        query=query | ({"dryRun": "All"} if dry else {}),
        body=obj,
        content_type="application/apply-patch+yaml",
    )


def _plan_one(work: Work, coming: Coming, obj: Object, live: Live) -> Item | Refusal:
    (outcome,) = _rehearse_all(work, coming, [_compare(work, coming, obj, live)])
    return outcome


def _compare_all(
    work: Work, coming: Coming, pairs: Sequence[tuple[Object, Live]]
) -> list[Item | Refusal]:
    """Compare in this thread what asks nobody: threads would only wait for each other."""
    asking = [pair for pair in pairs if pair[0]["kind"] == "Secret"]
    asked = iter(in_parallel(lambda pair: _compare(work, coming, *pair), asking))
    return [
        next(asked) if obj["kind"] == "Secret" else _compare(work, coming, obj, live)
        for obj, live in pairs
    ]


def _rehearse_all(
    work: Work, coming: Coming, compared: Sequence[Item | Refusal]
) -> list[Item | Refusal]:
    """Rehearse what changes and is of a kind that is served."""
    changing = {
        index: one
        for index, one in enumerate(compared)
        if isinstance(one, Item) and one.changes and not coming.kind(one.desired)
    }
    answers = in_parallel(lambda one: _rehearse(work, coming, one), changing.values())
    rehearsed = dict(zip(changing, answers, strict=True))
    return [rehearsed.get(index, one) for index, one in enumerate(compared)]


def _compare(work: Work, coming: Coming, obj: Object, live: Live) -> Item | Refusal:
    if isinstance(live, KubeError):
        return Refusal(obj, live)
    if coming.kind(obj):
        return Item(obj, obj, None, Action.CREATED)
    if obj["kind"] == "Namespace" and live and not _is_our_namespace(obj, live):
        return Item(obj, obj, live, Action.SKIPPED, live)
    try:
        live, filled = _filled(work, coming, obj, live)
    except KubeError as error:
        return Refusal(obj, error)
    likely = Action.CONFIGURED if live else Action.CREATED
    if live and settled(filled.secret, live):
        return Item(obj, filled.secret, live, Action.UNCHANGED, live)
    if live and (frozen := changes(live, obj)):
        return Refusal(obj, KubeError(" ".join(map(str, frozen))))
    return Item(obj, filled.secret, live, likely, None, filled.generated)


def _is_our_namespace(obj: Object, live: Object) -> bool:
    """A Namespace that somebody else made is left alone, so we applied only to our own."""
    same_stack = labels(obj).get(PART_OF) == labels(live).get(PART_OF)
    return same_stack and applied_fields(live, "v1") is not None


def _filled(
    work: Work, coming: Coming, obj: Object, live: Object | None
) -> tuple[Object | None, Filled]:
    """Return the live object and what is sent; a Secret is read again if its claim is there."""
    if obj["kind"] != "Secret":
        return live, Filled(_sealed(coming, obj), frozenset())
    namespace = obj["metadata"]["namespace"]
    others = {name: coming.secret(namespace, name) for name in references(obj)}
    filled = fill(obj, live, work.given, work.choose, others)
    if filled.generated and _claimed(work, obj):
        live = _read_again(work, obj, live)
        filled = fill(obj, live, work.given, work.choose, others)
        if filled.generated:
            raise SecretError(_locked_out(sorted(filled.generated), f"{namespace}/{_claim(obj)}"))
    return live, filled


def _claim(secret: Object) -> str:
    return str(notes(secret).get(CLAIM, ""))


def _claimed(work: Work, secret: Object) -> bool:
    """Whether data exist that know the values of an older Secret."""
    claim, space = _claim(secret), secret["metadata"]["namespace"]
    path = work.kinds.path("v1", "PersistentVolumeClaim", space, claim)
    return bool(claim and get_or_none(work.client, path))


def _read_again(work: Work, obj: Object, live: Object | None) -> Object | None:
    """Another run may have made the Secret since we looked, and only then the claim."""
    return work.get(ref(obj)) or live


def _sealed(coming: Coming, obj: Object) -> Object:
    found = seal(obj)
    if found is None:
        return obj
    space = obj["metadata"]["namespace"]
    data = {name: coming.secret(space, name)["data"] for name in found.secrets}
    return sealed(obj, found.over(data))


def _locked_out(keys: list[str], claim: str) -> str:
    return (
        f"no value for {', '.join(keys)}, but PersistentVolumeClaim {claim} exists: a new "
        "password would lock its data out. Restore the Secret with the password of these data, "
        "or delete the claim if they may go."
    )


def _rehearse(work: Work, coming: Coming, item: Item) -> Item | Refusal:
    """Ask for a dry run: it answers with every refusal that the real one would give."""
    if item.desired["kind"] in _BINDINGS and not item.live:
        return item  # it would be refused as long as its new Role does not exist
    turn = handover(item.desired, item.live)
    try:
        answer = send(work, turn.rehearsal(item.desired) if turn else item.desired, dry=True)
    except ApiError as error:
        if coming.namespace(item.desired, error) or _cannot_rehearse(error):
            return item
        if item.generated and not item.live and error.status == 409:
            # Another run made the Secret since we looked; its passwords are the ones to keep.
            return _plan_one(work, coming, item.source, work.get(ref(item.source)))
        return Refusal(item.desired, error)
    if turn:
        answer = turn.outcome(answer)
    if not item.live:
        answer["metadata"].pop("uid", None)  # made up for the rehearsal
    unchanged = item.live and not differs(item.live, answer)
    return item._replace(answer=answer, action=Action.UNCHANGED if unchanged else item.action)


def _cannot_rehearse(error: ApiError) -> bool:
    """A webhook with side effects is not called for a dry run, which is then refused."""
    return error.status == 400 and "does not support dry run" in error.message
