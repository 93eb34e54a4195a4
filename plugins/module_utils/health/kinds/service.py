# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service: an address where it is a LoadBalancer, and an endpoint that is ready."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.pods import is_ready
from ansible_collections.slipway.stack.plugins.module_utils.health.read import count, spec, status
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related, selects
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    labels,
    metadata,
    ref,
)

SERVICE_NAME = "kubernetes.io/service-name"


def service(obj: Object, view: View) -> Verdict:
    """Judge a Service; headless, selector-less and ExternalName ones only have to exist."""
    want = spec(obj)
    kind = want.get("type", "ClusterIP")
    if kind == "LoadBalancer" and not _addresses(obj):
        return progressing("NoAddress", "no load balancer address yet")
    if kind == "ExternalName" or not want.get("selector") or want.get("clusterIP") == "None":
        return ready("exists", "Exists")
    return _endpoints(obj, view.related)


def _addresses(obj: Object) -> list[Object]:
    return (status(obj).get("loadBalancer") or {}).get("ingress") or []


def _endpoints(obj: Object, related: Related) -> Verdict:
    found = _ready_behind(obj, related)
    if found is None:
        return ready("exists", "Exists")
    if found:
        return ready(f"{found} ready behind it" if found > 1 else "one pod ready behind it")
    if _scaled_to_zero(obj, related):
        return ready("no endpoint: its workload is scaled to 0", "ScaledToZero")
    text = f"no pod that matches {_text(spec(obj)['selector'])} is ready"
    return progressing("NoEndpoints", text, _waiting(obj, text))


def _ready_behind(obj: Object, related: Related) -> int | None:
    """Count ready endpoints; None where nothing was read that could tell."""
    name = str(metadata(obj).get("name"))
    slices = [one for one in related.of("EndpointSlice") if labels(one).get(SERVICE_NAME) == name]
    if slices or related.all_known("EndpointSlice"):
        return sum(_ready_in(one) for one in slices)
    if older := related.named("Endpoints", name):
        return sum(len(subset.get("addresses") or []) for subset in older.get("subsets") or [])
    return _ready_pods(spec(obj).get("selector"), related)


def _ready_pods(selector: dict[str, str] | None, related: Related) -> int | None:
    """Count by the pods that it selects, else by what its workloads say of theirs."""
    if pods := [one for one in related.of("Pod") if selects(selector, one)]:
        return sum(map(is_ready, pods))
    behind = _behind(selector, related)
    return sum(count(status(one), "readyReplicas") for one in behind) if behind else None


def _ready_in(endpoint_slice: Object) -> int:
    """Count ready endpoints; an absent ``ready`` means ready (discovery.k8s.io/v1)."""
    return sum(
        (one.get("conditions") or {}).get("ready") is not False
        for one in endpoint_slice.get("endpoints") or []
    )


def _scaled_to_zero(obj: Object, related: Related) -> bool:
    behind = _behind(spec(obj).get("selector"), related)
    return bool(behind) and all(count(spec(one), "replicas", 1) == 0 for one in behind)


def _behind(selector: dict[str, str] | None, related: Related) -> list[Object]:
    return [
        one
        for kind in ("Deployment", "StatefulSet")
        for one in related.of(kind)
        if selects(selector, spec(one).get("template") or {})
    ]


def _waiting(obj: Object, text: str) -> Trouble:
    proof = (Evidence(str(ref(obj)), text),)
    return Trouble(Category.WAITING, "NoEndpoints", text, evidence=proof)


def _text(selector: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
