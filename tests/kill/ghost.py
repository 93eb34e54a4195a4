# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that is lost: an object whose kubelet never answers, so that one machine is enough.

What follows is the cluster's own doing: the node controller calls it lost, the taint manager
deletes its pods, and the pod collector gives them up when the node is deleted.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

TAINT = {"key": "slipway-test/ghost", "effect": "NoSchedule"}
LOST = ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready")


class Ghost:
    """One such node; nothing is scheduled to it that does not name it."""

    def __init__(self, client) -> None:
        self.client, self.name = client, f"ghost-{secrets.token_hex(4)}"
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name}}
        client.request("POST", "/api/v1/nodes", body=node | {"spec": {"taints": [TAINT]}})
        ready = {"type": "Ready", "status": "True", "reason": "Played", "lastHeartbeatTime": _now()}
        self._patch(f"/api/v1/nodes/{self.name}/status", {"conditions": [ready]})

    def carry(self, params: dict) -> dict:
        """Return a deployer's options with its pods on this node, which they leave soon."""
        for migration in params["migrations"]:
            soon = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
            migration["job"]["spec"]["template"]["spec"] |= {
                "nodeName": self.name,
                "tolerations": [soon | {"key": key} for key in LOST],
            }
        return params

    def run(self, pod: dict) -> None:
        """Say that a pod runs, as the last thing that its kubelet said."""
        (container,) = pod["spec"]["containers"]
        status = {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": True,
            "restartCount": 0,
            "state": {"running": {"startedAt": _now()}},
        }
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        self._patch(f"{path}/status", {"phase": "Running", "containerStatuses": [status]})

    def lost(self) -> bool:
        """Whether the cluster has given it up."""
        node = self.client.request("GET", f"/api/v1/nodes/{self.name}")
        return any(
            each["type"] == "Ready" and each["status"] == "Unknown"
            for each in node["status"]["conditions"]
        )

    def delete(self) -> None:
        self.client.request("DELETE", f"/api/v1/nodes/{self.name}")

    def _patch(self, path: str, status: dict) -> None:
        self.client.request(
            "PATCH", path, body={"status": status}, content_type="application/merge-patch+json"
        )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
