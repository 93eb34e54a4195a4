# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure readers of Kubernetes objects as the API server sends them: plain dicts."""

# No `from __future__ import annotations` here: it would take the name of a function.
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Which object: enough to ask the API server for it. namespace: "" if cluster-scoped."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return ``Deployment shop/api`` or ``Namespace shop``."""
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {place}{self.name}"

    def as_dict(self) -> dict[str, str]:
        """The shape that results use and other modules take."""
        return {
            "api_version": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
        }


def ref(obj: Mapping[str, Any]) -> Ref:
    """Return the Ref of an object; missing parts are empty strings."""
    meta = metadata(obj)
    return Ref(
        api_version=obj.get("apiVersion", ""),
        kind=obj.get("kind", ""),
        namespace=meta.get("namespace") or "",
        name=meta.get("name", ""),
    )


def metadata(obj: Mapping[str, Any]) -> dict[str, Any]:
    """``metadata``, {} where there is none."""
    return obj.get("metadata") or {}


def labels(obj: Mapping[str, Any]) -> dict[str, str]:
    """``metadata.labels``, {} where there are none."""
    return metadata(obj).get("labels") or {}


def from_dict(value: Mapping[str, str]) -> Ref:
    """The reverse of Ref.as_dict."""
    return Ref(value["api_version"], value["kind"], value["namespace"], value["name"])


def annotations(obj: Mapping[str, Any]) -> dict[str, str]:
    """``metadata.annotations``, {} where there are none."""
    return metadata(obj).get("annotations") or {}
