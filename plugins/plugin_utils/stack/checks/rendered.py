# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of rendered objects that several checks share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import Object

Spec = dict[str, Any]
_POD_PATHS = {
    "Pod": "spec",
    "Deployment": "spec.template.spec",
    "StatefulSet": "spec.template.spec",
    "DaemonSet": "spec.template.spec",
    "ReplicaSet": "spec.template.spec",
    "Job": "spec.template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
}


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    """Return the objects of some kinds."""
    return [thing for thing in objects if thing.get("kind") in kinds]


def dig(thing: Any, path: str, otherwise: Any = None) -> Any:
    """Return the value at a dotted path of maps."""
    for step in path.split("."):
        if not isinstance(thing, dict) or step not in thing:
            return otherwise
        thing = thing[step]
    return thing


def pods(objects: Iterable[Object]) -> Iterator[tuple[Object, str, Spec]]:
    """Yield each object that makes pods, with the path of their spec and that spec."""
    for thing in objects:
        path = _POD_PATHS.get(str(thing.get("kind")))
        spec = dig(thing, path) if path else None
        if path and isinstance(spec, dict):
            yield thing, path, spec


def pod_labels(thing: Object, path: str) -> dict[str, str]:
    """Return the labels of the pods that an object makes. path: of their spec."""
    found: dict[str, str] = dig(thing, f"{path.removesuffix('spec')}metadata.labels", {})
    return found


def containers(spec: Spec) -> Iterator[tuple[str, Spec]]:
    """Yield the containers of a pod with their paths."""
    for key in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(key) or []):
            yield f"{key}[{index}]", container


def matches(selector: dict[str, str], labels: dict[str, str]) -> bool:
    """Whether labels satisfy a selector of plain equality."""
    return all(labels.get(key) == value for key, value in selector.items())


def by_name(objects: Sequence[Object], kind: str) -> dict[str, Object]:
    """Return the objects of a kind by their name."""
    return {thing["metadata"]["name"]: thing for thing in of_kind(objects, kind)}
