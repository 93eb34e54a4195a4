# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K14: without the marker new pods wait and the old ones serve; with it they start."""

from __future__ import annotations

import time

from tests.kill.town import SAFE_CONTAINER, SAFE_POD, counting

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
        path = self.town.path("deployments", self.name, "apis/apps/v1")
        live = self.town.client.request("GET", path)
        wanted = deployment(self.name, gate, "new")
        self.town.client.request("PUT", path, body=live | {"spec": wanted["spec"]})

    def ready(self, version: str) -> bool:
        selector = f"app={self.name},version={version}"
        pods = self.town.found("pods", labelSelector=selector)
        return any(_ready(pod) for pod in pods)

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


def test_new_pods_wait_for_the_marker_and_old_ones_stay(database, eventually, record_property):
    script = counting(2)
    marker = database.deploy(script, "no-preflight", state="query").only()["marker"]
    app = App(database)
    eventually(lambda: app.ready("old"), within_s=120)

    app.roll({"name": marker, "key": "passed"})
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    time.sleep(10)
    assert (app.ready("old"), app.ready("new")) == (True, False)

    assert database.deploy(script).only()["marker"] == marker
    began = time.monotonic()
    eventually(lambda: app.ready("new"), within_s=180)
    record_property("seconds from marker to ready", round(time.monotonic() - began, 1))


def test_a_failed_migration_lets_no_new_pod_start(database, eventually):
    """K22: on a fresh install nothing gets ready; after the correction the next run converges."""
    wrong = database.deploy("psql $DATABASE_URL -v ON_ERROR_STOP=1 -c 'select 1; selec 2'").only()
    assert (wrong["outcome"], wrong["class"]) == ("failed", "app_exit")
    assert "syntax error" in wrong["log_tail"]
    app = App(database)
    app.roll({"name": wrong["marker"], "key": "passed"})
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    assert not app.ready("new")

    right = database.deploy(counting(1)).only()
    app.roll({"name": right["marker"], "key": "passed"})
    eventually(lambda: app.ready("new"), within_s=180)
    assert (right["sequence"], right["outcome"]) == (2, "passed")


def test_control_without_the_reference_new_pods_start_unmigrated(database, eventually):
    app = App(database)
    app.roll(None)
    eventually(lambda: app.ready("new"), within_s=120)
    assert database.records() == {}
