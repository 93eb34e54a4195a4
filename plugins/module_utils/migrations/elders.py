# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods of older releases: while one runs, phase post must not take away what it needs.

Pure. Each pod names the markers it started on, so nobody has to keep a list of releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record


def older_markers(
    records: Iterable[Record], incarnation: str, release: frozenset[str]
) -> frozenset[str]:
    """Return the markers that pods of other releases started on.

    release: the ids of the runs that this release wants.
    """
    return frozenset(
        record.name
        for record in records
        if record.passed
        and record.phase == "pre"
        and record.incarnation == incarnation
        and record.run_id not in release
    )


def elders(pods: Iterable[Object], markers: frozenset[str]) -> list[Object]:
    """Return the pods that are not over and started on one of these markers."""
    return [
        pod
        for pod in pods
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        and markers & set(_config_maps(pod))
    ]


def _config_maps(pod: Object) -> Iterator[str]:
    spec = pod.get("spec") or {}
    for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        for entry in container.get("env") or []:
            source = (entry.get("valueFrom") or {}).get("configMapKeyRef")
            if source:
                yield source["name"]
