# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and labels: the same on every object of a stack, so that selectors never drift."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

MANAGER = "slipway"
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


def kube_name(name: str) -> str:
    """Turn a name of the stack file into a Kubernetes name (``orders_db`` → ``orders-db``)."""
    return name.replace("_", "-")


def composed_secret(name: str) -> str:
    """Return the Secret of the values that are composed for one workload or migration."""
    return f"{kube_name(name)}-env"


def labels(document: dict[str, Any], name: str, component: str) -> dict[str, str]:
    """Return the labels of one object, as the Kubernetes documentation recommends them.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """
    return {
        **selector(document, name),
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": document["name"],
        "app.kubernetes.io/managed-by": MANAGER,
    }


def version(image: dict[str, Any]) -> dict[str, str]:
    """Return the label with the version of an image, if its tag can be one.

    It stands on the objects only: pods are not made anew for a label.
    """
    tag = str(image.get("tag", ""))
    return {"app.kubernetes.io/version": tag} if _LABEL.fullmatch(tag) else {}


def selector(document: dict[str, Any], name: str) -> dict[str, str]:
    """Return the labels that select the pods of ``name``; immutable, hence frozen by a test."""
    return {
        "app.kubernetes.io/name": kube_name(name),
        "app.kubernetes.io/instance": document["name"],
    }


def base(document: dict[str, Any], template: str, name: str, component: str) -> dict[str, Any]:
    """Return what every model begins with."""
    return {
        "template": template,
        "name": kube_name(name),
        "namespace": document["namespace"],
        "labels": labels(document, name, component),
        "pull_secrets": document["pull_secrets"],
    }


def content_hash(content: object) -> str:
    """Return 8 hex digits that change when the content does."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]
