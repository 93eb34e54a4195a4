# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a volume claim is not bound, for the claim itself and for the pods that wait for it."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    annotation,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import (
    Related,
    event_time,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
LATE = "WaitForFirstConsumer"


def waits_for_consumer(claim: Object, related: Related) -> bool:
    """Whether the claim is bound only once a pod uses it."""
    storage_class = _class_of(claim, related)
    if storage_class:
        return storage_class.get("volumeBindingMode") == LATE
    newest = next(iter(related.events(claim)), {})
    return newest.get("reason") == LATE


def claim_trouble(claim: Object, related: Related) -> Trouble | None:
    """Return why a pending claim will not be bound, None if nothing is known against it."""
    name = spec(claim).get("storageClassName")
    if name and not spec(claim).get("volumeName") and related.lacks("StorageClass", name):
        return _trouble(claim, "MissingStorageClass", f'there is no StorageClass "{name}"')
    if name is None and related.all_known("StorageClass") and not _class_of(claim, related):
        clause = "it names no StorageClass and the cluster has no default one"
        return _trouble(claim, "NoDefaultStorageClass", clause)
    return _not_provisioned(claim, related)


def blocked_claims(pods: Iterable[Object], view: View) -> list[Trouble]:
    """Return the troubles of the claims that these pods mount, as the pods' own."""
    found = []
    for pod in pods:
        for volume in spec(pod).get("volumes") or []:
            name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            claim = view.related.named("PersistentVolumeClaim", name) if name else None
            if claim and status(claim).get("phase") == "Pending":
                found.append(claim_trouble(claim, view.related))
    return [one for one in found if one]


def _class_of(claim: Object, related: Related) -> Object | None:
    if name := spec(claim).get("storageClassName"):
        return related.named("StorageClass", name)
    if spec(claim).get("storageClassName") == "":
        return None
    classes = related.of("StorageClass")
    return next((one for one in classes if annotation(one, DEFAULT_CLASS) == "true"), None)


def _not_provisioned(claim: Object, related: Related) -> Trouble | None:
    for event in related.events(claim):
        text = str(event.get("message") or "")
        if event.get("reason") == "ProvisioningFailed":
            seen = Evidence(f"{ref(claim)}, event", f"ProvisioningFailed: {text}")
            if "storageclass" in text and "not found" in text:
                return _trouble(claim, "MissingStorageClass", text, seen)
            began = seconds(event.get("firstTimestamp")) or event_time(event)
            return _trouble(claim, "ProvisioningFailed", text, seen, Category.VOLUME, began)
        if event.get("reason") == "FailedBinding":
            seen = Evidence(f"{ref(claim)}, event", f"FailedBinding: {text}")
            return _trouble(claim, "FailedBinding", text, seen, Category.VOLUME)
    return None


def _trouble(
    claim: Object,
    reason: str,
    text: str,
    seen: Evidence | None = None,
    category: Category = Category.REFERENCE,
    since: float | None = None,
) -> Trouble:
    began = since or seconds(metadata(claim).get("creationTimestamp"))
    proof = seen or Evidence(str(ref(claim)), f"phase Pending: {text}")
    uid = str(metadata(claim).get("uid") or "")
    clause = f"volume claim {ref(claim).name} is not bound: {text}"
    return Trouble(category, reason, clause, uid=uid, since=began, evidence=(proof,))
