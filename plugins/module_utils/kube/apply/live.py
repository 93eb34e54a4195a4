# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live objects behind the desired ones, by as few requests as the labels allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import (
    PART_OF,
    Work,
    in_parallel,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError, KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    labels,
    ref,
)

_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
Live: TypeAlias = "Object | KubeError | None"


def fetch(work: Work, objects: Sequence[Object]) -> list[Live]:
    """Return for each object the live one, None after a definite 404, or the refusal.

    Objects of one kind, namespace and stack come from one list. An object that is not in it may
    have lost its labels: it is asked for by name, unless a list of all names does not have it.
    """
    groups: dict[tuple[str, str, str, str], list[Ref]] = defaultdict(list)
    for obj in objects:
        one = ref(obj)
        part_of = labels(obj).get(PART_OF, "")
        groups[one.api_version, one.kind, one.namespace, part_of].append(one)
    worthwhile = [key for key, refs in groups.items() if key[3] and len(refs) > 1]
    known: dict[Ref, Object] = {}
    for found in in_parallel(lambda key: _listed(work, *key), worthwhile):
        known |= found

    def one_by_name(one: Ref) -> Live:
        try:
            return work.get(one)
        except KubeError as error:
            return error

    refs = [ref(obj) for obj in objects]
    rest = _perhaps_there(work, [one for one in refs if one not in known])
    asked: dict[Ref, Live] = dict(zip(rest, in_parallel(one_by_name, rest), strict=True))
    return [known[one] if one in known else asked.get(one) for one in refs]


def _perhaps_there(work: Work, refs: Sequence[Ref]) -> list[Ref]:
    """Return those that a list of the names of their kind does not rule out."""
    groups: dict[tuple[str, str, str], list[Ref]] = defaultdict(list)
    for one in refs:
        groups[one.api_version, one.kind, one.namespace].append(one)
    many = [key for key, found in groups.items() if len(found) > 1]
    names = dict(zip(many, in_parallel(lambda key: _names(work, *key), many), strict=True))
    return [
        one
        for key, found in groups.items()
        for one in found
        if names.get(key) is None or one.name in (names[key] or ())
    ]


def _names(work: Work, api_version: str, kind: str, namespace: str) -> set[str] | None:
    """List names; None where listing is not permitted or the kind is not served."""
    if not work.kinds.knows(api_version, kind):
        return None
    path = work.kinds.path(api_version, kind, namespace)
    try:
        answer = work.client.request("GET", path, accept=_METADATA)
    except ApiError as error:
        if error.status == 403:
            return None
        raise
    return {item["metadata"]["name"] for item in answer["items"] or []}  # none is null here


def _listed(
    work: Work, api_version: str, kind: str, namespace: str, part_of: str
) -> dict[Ref, Object]:
    """List by label; {} where listing is not permitted, getting may be."""
    if not work.kinds.knows(api_version, kind):
        return {}
    path = work.kinds.path(api_version, kind, namespace)
    try:
        answer = work.client.request("GET", path, query={"labelSelector": f"{PART_OF}={part_of}"})
    except ApiError as error:
        if error.status == 403:
            return {}
        raise
    items = [{"apiVersion": api_version, "kind": kind, **item} for item in answer["items"]]
    return {ref(item): item for item in items}
