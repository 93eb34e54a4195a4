# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics: what tells Prometheus where they are."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    selector,
)

COMPONENT = "metrics"


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one ServiceMonitor for each workload that has metrics, where Prometheus wants them."""
    if document["metrics"]["driver"] == "none":
        return []
    return [
        _monitor(document, name, spec)
        for name, spec in document["workloads"].items()
        if spec.get("metrics")
    ]


def _monitor(document: dict[str, Any], name: str, spec: dict[str, Any]) -> dict[str, Any]:
    said = spec["metrics"]
    model = base(document, "servicemonitor", name, COMPONENT)
    return {
        **model,
        "labels": {**model["labels"], **document["metrics"]["labels"]},
        "level": 0,
        "selector": selector(document, name),
        "endpoint": {
            "port": said["port"],
            "path": said["path"],
            "interval": f"{said['interval']}s",
        },
    }
