# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a pod in the stack's namespace finds its Services by name.

The question runs in a pod of its own, from the image of one of the stack's datastores, which has a
shell and ``getent`` and is on the nodes already. The pod is deleted again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import MANAGED_BY
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError

NOBODY = 65534
POLL_S = 0.3
ENDED = ("Succeeded", "Failed")
# Prints the names that nobody knows.
SCRIPT = 'for name; do getent hosts "$name" >/dev/null || echo "$name"; done'


def services(models: Mapping[str, Any]) -> list[str]:
    """Return the names of the stack's Services."""
    made = [*models.get("infra", []), *models.get("workloads", [])]
    return sorted({one["name"] for one in made if one["template"] == "service"})


def image(models: Mapping[str, Any]) -> str:
    """Return an image that can ask, empty where the stack runs no datastore itself."""
    stores = [one for one in models.get("infra", []) if one["template"] == "statefulset"]
    return next((str(one["pod"]["containers"][0]["image"]) for one in stores), "")


def pod(used: str, names: Iterable[str], timeout_s: float) -> dict[str, Any]:
    """Return the pod that asks; it would pass the standard *restricted*."""
    container = {
        "name": "names",
        "image": used,
        "command": ["sh", "-c", SCRIPT, "names", *names],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
    security = {"runAsNonRoot": True, "runAsUser": NOBODY, "runAsGroup": NOBODY}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "verify-names-",
            "labels": MANAGED_BY,
        },
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "activeDeadlineSeconds": int(timeout_s) + 1,
            "securityContext": {**security, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
        },
    }


def unknown(
    client: Client, namespace: str, used: str, names: Sequence[str], timeout_s: float
) -> list[str]:
    """Return the names that a pod does not find. Raises KubeError."""
    pods = f"/api/v1/namespaces/{namespace}/pods"
    made = client.request("POST", pods, body=pod(used, names, timeout_s))
    path = f"{pods}/{made['metadata']['name']}"
    try:
        phase = _ended(client, path, time.monotonic() + timeout_s)
        if phase != "Succeeded":
            raise KubeError(f"the pod that asks for names did not run to its end: {phase}")
        return client.text(f"{path}/log").split()
    finally:
        client.request("DELETE", path, query={"gracePeriodSeconds": 0})


def _ended(client: Client, path: str, deadline: float) -> str:
    while True:
        phase = str(client.request("GET", path)["status"].get("phase", "Pending"))
        if phase in ENDED or time.monotonic() > deadline:
            return phase
        time.sleep(POLL_S)
