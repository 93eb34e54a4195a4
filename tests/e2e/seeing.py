# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the cluster for the end-to-end tests, through our own client."""

from __future__ import annotations

import base64
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.e2e.running import ROOT

KUBECONFIG = ROOT / ".cluster" / "kubeconfig"


def cluster() -> Client:
    """Return a client for the cluster of ``make cluster``."""
    return connect({"kubeconfig": str(KUBECONFIG), "context": "kind-slipway"})


def pods(client: Client, namespace: str) -> dict[str, tuple[str, int]]:
    """Return the pods that are not Jobs' by name, each with its UID and its restarts."""
    found = client.request("GET", f"/api/v1/namespaces/{namespace}/pods")["items"]
    return {
        pod["metadata"]["name"]: (pod["metadata"]["uid"], restarts(pod))
        for pod in found
        if "batch.kubernetes.io/job-name" not in pod["metadata"]["labels"]
    }


def restarts(pod: dict[str, Any]) -> int:
    """Return how often the containers of a pod were started again."""
    return sum(item["restartCount"] for item in pod["status"].get("containerStatuses", []))


def secret(client: Client, namespace: str, name: str, key: str) -> str:
    """Return one value of a Secret."""
    found = client.request("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
    return base64.b64decode(found["data"][key]).decode()


def exists(client: Client, path: str) -> bool:
    """Say whether an object is there."""
    try:
        client.request("GET", path)
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return True
