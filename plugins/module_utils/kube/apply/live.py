# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live objects behind the desired ones, by as few requests as the labels allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

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
    for key, names in zip(many, in_parallel(lambda key: _names(work, *key), many), strict=True):
        if names is not None:
            groups[key] = [one for one in groups[key] if one.name in names]
    return [one for found in groups.values() for one in found]


def _names(work: Work, api_version: str, kind: str, namespace: str) -> set[str] | None:
    items = _items(work, api_version, kind, namespace, accept=_METADATA)
    return None if items is None else {item["metadata"]["name"] for item in items}


def _listed(
    work: Work, api_version: str, kind: str, namespace: str, part_of: str
) -> dict[Ref, Object]:
    query = {"labelSelector": f"{PART_OF}={part_of}"}
    items = _items(work, api_version, kind, namespace, query=query) or []
    found = [{"apiVersion": api_version, "kind": kind, **item} for item in items]
    return {ref(item): item for item in found}


def _items(
    work: Work, api_version: str, kind: str, namespace: str, **options: Any
) -> list[Object] | None:
    """List; None where listing is not permitted (getting may be) or the kind is not served."""
    if not work.kinds.knows(api_version, kind):
        return None
    path = work.kinds.path(api_version, kind, namespace)
    try:
        answer = work.client.request("GET", path, **options)
    except ApiError as error:
        if error.status == 403:
            return None
        raise
    return answer["items"] or []  # an empty list of metadata is null
