# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a role of a stack down; data stay unless they are named."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import applied_set
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.deletion import (
    await_gone,
    delete,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.levels import by_level, level
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import Stale, stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    MANAGED_BY,
    PART_OF,
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    labels,
    ref,
)

_STAYING = ("PersistentVolumeClaim", "Secret", "Namespace")  # unless data are named
# What the parts of a stack leave behind: records of migrations, passwords, locks, volumes.
_LEFT_BEHIND = (
    ("batch/v1", "Job"),
    ("coordination.k8s.io/v1", "Lease"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
)


def tear_down(work: Work, *, data: bool) -> tuple[list[Stale], list[Stale]]:
    """Delete what the set holds and wait for its end; return (gone, kept).

    data: also claims, Secrets and records of the stack, and the Namespace if the set holds it,
    it is ours and no other stack lives in it. Raises KubeError while another role still has
    objects: the memory of them would go too.
    """
    if data and not work.check:
        _refuse_orphans(work)
    judged = [_judge(work, one, data=data) for one in stale(work, applied_set.read(work), [])]
    if data:
        judged += _left_behind(work, {one.ref for one in judged})
    going = [one for one in judged if not one.kept]
    kept = [one for one in judged if one.kept]
    spaces = [one for one in going if one.ref.kind == "Namespace"]
    _delete(work, [one for one in going if one.ref.kind != "Namespace"])
    if not work.check and not spaces:
        ours = [one.ref for one in kept if work.owns(labels(one.live))]
        applied_set.keep_only(work, ours)
    _delete(work, spaces)
    return going, kept


def _refuse_orphans(work: Work) -> None:
    sets = applied_set.of_other_roles(work).items()
    alive = [role for role, refs in sets if any(one.kind not in _STAYING for one in refs)]
    if alive:
        raise KubeError(
            f"The data of stack {work.stack} are not deleted while it has objects of "
            f"{', '.join(sorted(alive))}. Take these roles down first (state: absent)."
        )


def _delete(work: Work, going: Sequence[Stale]) -> None:
    for group in reversed(by_level([(level(one.ref.kind), one) for one in going])):
        in_parallel(lambda one: delete(work, one.ref, one.live), group)
    if not work.check:
        await_gone(work, [(one.ref, one.live) for one in going])


def _judge(work: Work, one: Stale, *, data: bool) -> Stale:
    return Stale(one.ref, one.live, _reason(work, one.ref, one.live, data=data))


def _reason(work: Work, one: Ref, live: Object, *, data: bool) -> str:
    if not work.owns(labels(live)):
        return "its labels say that it is not of this stack"
    if one.kind == "CustomResourceDefinition":
        return "all objects of the kind would go with it"
    if one.kind in _STAYING and not data:
        return "it holds data (data: true deletes it)"
    if one.kind == "Namespace" and (others := _other_stacks(work, one.name)):
        return f"the stack {', '.join(sorted(others))} lives in it"
    return ""


def _other_stacks(work: Work, namespace: str) -> set[str]:
    path = work.kinds.path("v1", "ConfigMap", namespace)
    query = {"labelSelector": ",".join(f"{key}={value}" for key, value in MANAGED_BY.items())}
    items = work.client.request("GET", path, query=query)["items"]
    return {labels(item).get(PART_OF, "") for item in items} - {work.stack}


def _left_behind(work: Work, known: set[Ref]) -> list[Stale]:
    home = applied_set.location(work)

    def listed(kind: tuple[str, str]) -> list[Object]:
        path = work.kinds.path(*kind, work.namespace)
        items = work.client.request("GET", path, query={"labelSelector": work.selector()})["items"]
        return [{"apiVersion": kind[0], "kind": kind[1], **item} for item in items]

    found = [obj for objects in in_parallel(listed, _LEFT_BEHIND) for obj in objects]
    return [Stale(ref(obj), obj, "") for obj in found if ref(obj) not in known | {home}]
