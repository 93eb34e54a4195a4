# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lists a verdict needs: a few to decide, more to explain what is not ready.

One list (and watch) per kind and namespace, never one per object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ansible_collections.slipway.stack.plugins.module_utils.health.read import spec
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object


@dataclass(frozen=True, slots=True, order=True)
class Collection:
    """All objects of a kind in a namespace. namespace: "" if cluster-scoped."""

    api_version: str
    kind: str
    namespace: str

    def __str__(self) -> str:
        """Return ``Deployments in shop``."""
        return f"{self.kind}s in {self.namespace}" if self.namespace else f"{self.kind}s"


Kinds = tuple[tuple[str, str], ...]

_POD = ("v1", "Pod")
_EVENT = ("v1", "Event")
_CLAIM = ("v1", "PersistentVolumeClaim")
_STORAGE_CLASS = ("storage.k8s.io/v1", "StorageClass")
_REPLICA_SET = ("apps/v1", "ReplicaSet")

# Without these a Service, an Ingress and so on cannot be called ready.
TO_DECIDE: dict[str, Kinds] = {
    "CronJob": (("batch/v1", "Job"),),
    "Ingress": (("networking.k8s.io/v1", "IngressClass"), ("v1", "Service")),
    "PersistentVolumeClaim": (_STORAGE_CLASS,),
    "Service": (
        ("discovery.k8s.io/v1", "EndpointSlice"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
    ),
}
# With these it can be said why something is not ready.
TO_EXPLAIN: dict[str, Kinds] = {
    "DaemonSet": (_POD, _EVENT, ("apps/v1", "ControllerRevision")),
    "Deployment": (_REPLICA_SET, _POD, _EVENT),
    "Job": (_POD, _EVENT),
    "PersistentVolumeClaim": (_EVENT,),
    "Pod": (_EVENT,),
    "ReplicaSet": (_POD, _EVENT),
    "ReplicationController": (_POD, _EVENT),
    "StatefulSet": (_POD, _EVENT),
}

_CLAIMS = frozenset({"PersistentVolumeClaim", "StorageClass"})
# What the rule of a Service finds by its selector.
SELECTED = frozenset({"Deployment", "StatefulSet"})
# What a rule finds by name; everything else hangs on its object by owner or subject.
BY_NAME: dict[str, frozenset[str]] = {
    "DaemonSet": _CLAIMS,
    "Deployment": _CLAIMS,
    "Ingress": frozenset({"Ingress", "IngressClass", "Service"}),
    "Job": _CLAIMS,
    "PersistentVolumeClaim": frozenset({"StorageClass"}),
    "Pod": _CLAIMS,
    "StatefulSet": _CLAIMS,
}


def own(targets: Iterable[Target]) -> set[Collection]:
    """Return the collections that the targets are in."""
    found = (target.ref for target in targets if target.served)
    return {Collection(one.api_version, one.kind, one.namespace) for one in found}


def to_decide(targets: Iterable[Target], discovery: Discovery) -> set[Collection]:
    """Return what must be read besides the targets to decide whether they are ready."""
    return {
        collection
        for target in targets
        for collection in _around(target, TO_DECIDE.get(target.ref.kind, ()), discovery)
    }


def to_explain(target: Target, obj: Object | None, discovery: Discovery) -> set[Collection]:
    """Return what must be read to explain why this target is not ready."""
    kinds = TO_EXPLAIN.get(target.ref.kind, ())
    if obj and _uses_claims(obj):
        kinds += (_CLAIM, _STORAGE_CLASS)
    return set(_around(target, kinds, discovery))


def _around(target: Target, kinds: Kinds, discovery: Discovery) -> Iterator[Collection]:
    for api_version, kind in kinds:
        if discovery.knows(api_version, kind):
            home = target.ref.namespace if discovery.namespaced(api_version, kind) else ""
            yield Collection(api_version, kind, home)


def _uses_claims(obj: Object) -> bool:
    want = spec(obj)
    pod = (want.get("template") or {}).get("spec") or want
    volumes = pod.get("volumes") or []
    return bool(want.get("volumeClaimTemplates")) or any(
        volume.get("persistentVolumeClaim") for volume in volumes
    )
