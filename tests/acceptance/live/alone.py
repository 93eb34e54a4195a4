# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system, or some of its parts, in a namespace of its own beside the one that is deployed."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible.utils.vars import merge_hash
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError

from tests.e2e.running import ROOT, Run, playbook
from tests.e2e.seeing import KUBECONFIG, cluster, exists

# For what runs beside the five systems, on a node of two cores.
SMALL = {"resources": {"requests": {"cpu": "1m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}}
STORES = "/apis/external-secrets.io/v1/clustersecretstores"
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alone:
    """A system of the folder stacks/. environment: what its inventory would say of it."""

    name: str
    client: Client
    environment: Object

    @property
    def namespace(self) -> str:
        """Where it is."""
        return str(self.environment["namespace"])

    def site(self, *arguments: str, **changes: Any) -> Run:
        """Run site.yml. changes: merged into the environment."""
        return playbook("site", *arguments, variables=self.variables(**changes))

    def variables(self, **changes: Any) -> Object:
        """Return the variables of a playbook. changes: merged into the environment."""
        return {
            "stack_file": str(ROOT / "stacks" / f"{self.name}.yml"),
            "stack_release_file": str(ROOT / "build" / "release" / f"{self.name}.yml"),
            "stack_env": merge_hash(self.environment, changes),
        }

    def get(self, group: str, path: str) -> Object:
        """Return an object or a list of its namespace. group: such as apps/v1."""
        base = f"/apis/{group}" if "/" in group else f"/api/{group}"
        found: Object = self.client.request("GET", f"{base}/namespaces/{self.namespace}/{path}")
        return found

    def replicas(self, name: str) -> int:
        """Return how many pods a Deployment asks for."""
        return int(self.get("apps/v1", f"deployments/{name}")["spec"]["replicas"])

    def scaler(self, name: str) -> Object:
        """Return the HorizontalPodAutoscaler of a workload."""
        return self.get("autoscaling/v2", f"horizontalpodautoscalers/{name}")


@contextmanager
def alone(name: str, **environment: Any) -> Iterator[Alone]:
    """Give a system a namespace, which is deleted afterwards. Skips without a cluster."""
    if not KUBECONFIG.exists():
        pytest.skip("there is no cluster: run `make cluster`")
    client = cluster()
    namespace = f"{name}-{secrets.token_hex(3)}"
    try:
        yield Alone(name, client, {"namespace": namespace, **environment})
    finally:
        path = f"/api/v1/namespaces/{namespace}"
        if exists(client, path):
            client.request("DELETE", path)


def need_addon(name: str, path: str) -> None:
    """Skip the test where an add-on of the cluster does not answer. path: what it serves."""
    if not KUBECONFIG.exists():
        pytest.skip("there is no cluster: run `make cluster`")
    try:
        cluster().request("GET", path)
    except KubeError:
        pytest.skip(f"{name} is not in the cluster: run `python3 cluster addons {name}`")


@contextmanager
def store(provider: Object) -> Iterator[str]:
    """Make a ClusterSecretStore and give its name; it is deleted afterwards."""
    client, name = cluster(), f"platform-{secrets.token_hex(3)}"
    body = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": name},
        "spec": {"provider": provider},
    }
    client.request("POST", STORES, body=body)
    try:
        yield name
    finally:
        client.request("DELETE", f"{STORES}/{name}")


def says(obj: Object, condition: str) -> str:
    """Return the status of a condition of an object; empty where it has none yet."""
    found = obj.get("status", {}).get("conditions") or []
    return next((str(one["status"]) for one in found if one["type"] == condition), "")


@dataclass(slots=True)
class Samples:
    """The values that something had while a block ran, each once, in order."""

    values: list[int] = field(default_factory=list)

    def note(self, value: int) -> None:
        """Keep a value, unless it is the last one."""
        if self.values[-1:] != [value]:
            self.values.append(value)


@contextmanager
def sampled(read: Callable[[], int]) -> Iterator[Samples]:
    """Read something again and again while the block runs."""
    samples, over = Samples(), threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            samples.note(read())

    samples.note(read())
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
        samples.note(read())
