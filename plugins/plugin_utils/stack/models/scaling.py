# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pods run, and who decides: a number, a HorizontalPodAutoscaler or KEDA.

Where an autoscaler decides, the workload itself names no number: every deployment would reset it.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
)

# KEDA takes over the HorizontalPodAutoscaler that was there before, instead of refusing.
# Source: https://keda.sh/docs/latest/concepts/scaling-deployments/ "Transfer ownership of an HPA"
TAKE_OVER = {"scaledobject.keda.sh/transfer-hpa-ownership": "true"}


def replicas(spec: dict[str, Any]) -> int | None:
    """Return how many run; None where an autoscaler decides."""
    scale = spec["scale"]
    if "max" in scale:
        return None
    return 1 if scale.get("singleton") else int(scale["replicas"])


def models(
    document: dict[str, Any], name: str, spec: dict[str, Any], component: str
) -> list[dict[str, Any]]:
    """Return the autoscaler of a workload, if it has one."""
    scale = spec["scale"]
    if "max" not in scale:
        return []
    common = {"workload": spec["kind"], "min": scale["min"], "max": scale["max"]}
    if not scale.get("triggers"):
        model = base(document, "horizontalpodautoscaler", name, component)
        return [{**model, **common, "metrics": _metrics(scale)}]
    model = base(document, "scaledobject", name, component)
    triggers = [*_keda_resources(scale), *_triggers(name, scale)]
    times = {"polling": scale["polling"], "cooldown": scale["cooldown"]}
    scaled = {**model, **common, **times, "annotations": TAKE_OVER, "triggers": triggers}
    return [*_authentications(document, name, scale, component), scaled]


def _metrics(scale: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Resource",
            "resource": {
                "name": name,
                "target": {"type": "Utilization", "averageUtilization": scale[name]},
            },
        }
        for name in ("cpu", "memory")
        if name in scale
    ]


def _keda_resources(scale: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": name, "metricType": "Utilization", "metadata": {"value": str(scale[name])}}
        for name in ("cpu", "memory")
        if name in scale
    ]


def _triggers(name: str, scale: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": one["type"], "name": kube_name(trigger), "metadata": one["metadata"]}
        | ({"authenticationRef": {"name": _auth_name(name, trigger)}} if one["auth"] else {})
        for trigger, one in scale["triggers"].items()
    ]


def _authentications(
    document: dict[str, Any], name: str, scale: dict[str, Any], component: str
) -> list[dict[str, Any]]:
    return [
        {
            **base(document, "triggerauthentication", name, component),
            "name": _auth_name(name, trigger),
            "secrets": [
                {"parameter": parameter, "name": entry["secret"], "key": entry["key"]}
                for parameter, entry in sorted(one["auth"].items())
            ],
        }
        for trigger, one in scale["triggers"].items()
        if one["auth"]
    ]


def _auth_name(name: str, trigger: str) -> str:
    return f"{kube_name(name)}-{kube_name(trigger)}"
