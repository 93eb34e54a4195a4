# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Deployment that is rolled from one version to the next, with or without the gate."""

from __future__ import annotations

from collections.abc import Collection

from tests.kill.town import SAFE_CONTAINER, SAFE_POD

SERVE = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"


def deployment(name: str, gate: dict | None, version: str) -> dict:
    env = [{"name": "VERSION", "value": version}]
    if gate:
        env.append({"name": "MIGRATION_GATE", "valueFrom": {"configMapKeyRef": gate}})
    container = {
        "name": "app",
        "image": "debian:bookworm-slim",
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-c", SERVE],
        "env": env,
        "securityContext": SAFE_CONTAINER,
    }
    template = {
        "metadata": {"labels": {"app": name, "version": version}},
        "spec": {
            "securityContext": SAFE_POD,
            "terminationGracePeriodSeconds": 2,
            "containers": [container],
        },
    }
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "strategy": strategy,
            "template": template,
        },
    }


class App:
    """A Deployment of one replica that is rolled from one version to the next."""

    def __init__(self, database) -> None:
        self.town, self.name = database.town, f"app-{database.secret}"
        self.town.create("deployments", deployment(self.name, None, "old"), "apis/apps/v1")

    def roll(self, gate: dict | None) -> None:
        """Roll to the new version, whose pods need the key of a ConfigMap."""
        path = self.town.path("deployments", self.name, "apis/apps/v1")
        body = {"spec": deployment(self.name, gate, "new")["spec"]}
        self.town.client.request(
            "PATCH", path, body=body, content_type="application/merge-patch+json"
        )

    def scale(self, replicas: int) -> None:
        path = self.town.path("deployments", self.name, "apis/apps/v1")
        body = {"spec": {"replicas": replicas}}
        self.town.client.request(
            "PATCH", path, body=body, content_type="application/merge-patch+json"
        )

    def pods(self) -> list[dict]:
        return self.town.found("pods", labelSelector=f"app={self.name}")

    def evict(self) -> set[str]:
        """Evict its pods, as a drain does; return their names."""
        names = {pod["metadata"]["name"] for pod in self.pods()}
        for name in names:
            self.town.evict(name)
        return names

    def ready(self, version: str) -> bool:
        return self.ready_pods(version) > 0

    def ready_pods(self, version: str, *, besides: Collection[str] = ()) -> int:
        """Return how many pods of a version are ready, without those named."""
        selector = f"app={self.name},version={version}"
        pods = self.town.found("pods", labelSelector=selector)
        return sum(_ready(pod) and pod["metadata"]["name"] not in besides for pod in pods)

    def settled(self, marker: str) -> bool:
        """Whether its only pod is ready and started on this marker."""
        pods = self.pods()
        named = [each for pod in pods for each in pod["spec"]["containers"][0]["env"]]
        sources = [each["valueFrom"]["configMapKeyRef"] for each in named if "valueFrom" in each]
        return [each["name"] for each in sources] == [marker] and _ready(pods[0])

    def reasons(self, version: str) -> list[str]:
        selector = f"app={self.name},version={version}"
        pods = self.town.found("pods", labelSelector=selector)
        states = [
            status["state"] for pod in pods for status in pod["status"].get("containerStatuses", [])
        ]
        return [state["waiting"]["reason"] for state in states if "waiting" in state]


def _ready(pod: dict) -> bool:
    return any(
        found["type"] == "Ready" and found["status"] == "True"
        for found in pod["status"].get("conditions", [])
    )
