# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of `apply`: brings objects to the cluster, prunes, or takes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import (
    applied_set,
    result,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import (
    coming_kinds,
    prepare,
    same,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import (
    FOUNDATION,
    level,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import (
    Action,
    Item,
    plan,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import (
    prune,
    refuse_empty,
    stale,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.teardown import tear_down
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import Work
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.write import write
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, Ref, ref

CRD_PATIENCE_S = 30.0


def run(params: Mapping[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Do what the options say (arguments.APPLY); return the result of the module.

    Raises KubeError where the question could not be answered; refused objects are a result
    with ``failed: True`` and all their sentences.
    """
    client = connect(params)
    work = Work(
        client=client,
        namespace=params.get("namespace") or client.namespace,
        stack=params.get("stack") or "",
        role=params.get("role") or "",
        check=check,
        report=report,
        force=bool(params.get("force_conflicts")),
        given=params.get("secret_values") or {},
    )
    state = params.get("state") or "applied"
    if state == "absent":
        return result.pruned(*tear_down(work, data=bool(params.get("data"))))
    objects = _prepared(work, params, "objects")
    if state == "pruned":
        return _prune(work, objects)
    return _apply(work, objects, _prepared(work, params, "beforehand") if check else [])


def _prepared(work: Work, params: Mapping[str, Any], option: str) -> list[Object]:
    return prepare(params.get(option) or [], work.namespace, work.kinds, check=work.check)


def _prune(work: Work, objects: Sequence[Object]) -> dict[str, Any]:
    refuse_empty(objects)
    held = applied_set.read(work)
    wanted = [ref(obj) for obj in objects]
    judged = stale(work, held, wanted)
    gone = prune(work, judged)
    kept = [one for one in judged if one.kept]
    if not work.check:
        still = {same(one) for one in (*wanted, *(one.ref for one in kept))}
        applied_set.keep_only(work, [one for one in held if same(one) in still])
    return result.pruned(gone, kept)


def _apply(work: Work, objects: Sequence[Object], beforehand: Sequence[Object]) -> dict[str, Any]:
    outcomes = plan(work, [*beforehand, *objects])[len(beforehand) :]
    if _refused(outcomes):
        return result.refused(outcomes, [])
    if work.check:
        _announce(work, outcomes)
        held = applied_set.read(work) if work.stack else []
    else:
        written, held = _carry_out(work, objects, outcomes)
        if _refused(outcomes):
            return result.refused(outcomes, written)
    items = [one for one in outcomes if isinstance(one, Item)]
    gone = stale(work, held, [ref(obj) for obj in objects]) if work.stack else []
    return result.applied(items, gone)


def _carry_out(
    work: Work, objects: Sequence[Object], outcomes: list[Item | Refusal]
) -> tuple[list[int], list[Ref]]:
    """Write the plan; what became of each object replaces its plan.

    Returns what was written and the applied set. Namespaces and CustomResourceDefinitions come
    first. What could not be rehearsed without them is rehearsed then, before anything else is
    written.
    """
    written = _write(work, outcomes, foundation=True)
    _await_kinds(work, objects)
    later = [
        index for index, one in enumerate(outcomes)
        if isinstance(one, Item) and not one.rehearsed
    ]  # fmt: skip
    for index, again in zip(later, plan(work, [objects[i] for i in later]), strict=True):
        outcomes[index] = again
    if _refused(outcomes):
        return written, []
    held = applied_set.remember(work, _ours(outcomes)) if work.stack else []
    return written + _write(work, outcomes, foundation=False), held


def _ours(outcomes: Sequence[Item | Refusal]) -> list[Ref]:
    """What was not left alone as somebody else's."""
    items = [one for one in outcomes if isinstance(one, Item)]
    return [ref(one.desired) for one in items if one.action != Action.SKIPPED]


def _write(work: Work, outcomes: list[Item | Refusal], *, foundation: bool) -> list[int]:
    mine = [
        (index, one)
        for index, one in enumerate(outcomes)
        if isinstance(one, Item) and (level(one.desired["kind"]) == FOUNDATION) is foundation
    ]
    done = write(work, mine)
    for index, one in done.items():
        outcomes[index] = one
    return list(done)


def _await_kinds(work: Work, objects: Sequence[Object]) -> None:
    """Wait until the API server serves the kinds that were just brought."""
    coming = set(coming_kinds(objects)) & {(obj["apiVersion"], obj["kind"]) for obj in objects}
    kinds, start = work.kinds, work.now()
    while missing := [kind for kind in sorted(coming) if not kinds.knows(*kind)]:
        if work.now() - start > CRD_PATIENCE_S:
            names = ", ".join(f"{kind} of {version}" for version, kind in missing)
            raise KubeError(
                f"The API server does not serve {names} {CRD_PATIENCE_S:.0f} s after its "
                "CustomResourceDefinition was applied. See its conditions."
            )
        work.sleep(0.2)
        kinds = work.client.discovery(refresh=True)


def _announce(work: Work, outcomes: Sequence[Item | Refusal]) -> None:
    for one in outcomes:
        if isinstance(one, Item) and one.changes:
            desired = ref(one.desired)
            work.report(f"would be {one.action}: {desired.kind} {desired.name}")


def _refused(outcomes: Sequence[Item | Refusal]) -> bool:
    return any(isinstance(one, Refusal) for one in outcomes)
