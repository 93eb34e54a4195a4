# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system on the kind cluster, as its tests see it: by the API server, and from outside."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from ansible.utils.vars import merge_hash
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.running import ROOT, Run, playbook
from tests.e2e.seeing import KUBECONFIG

KUBECTL = ROOT / ".cluster" / "bin" / "kubectl"
NAMESPACES = {
    "apphub": "apphub-system",
    "mathison": "mathison",
    "philotes": "philotes",
    "shop": "shop",
    "starter": "starter",
}
PATHS = {
    "Deployment": "/apis/apps/v1",
    "StatefulSet": "/apis/apps/v1",
    "Job": "/apis/batch/v1",
    "HTTPRoute": "/apis/gateway.networking.k8s.io/v1",
}
OUTAGE_S = 60
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployed:
    """A system that site.yml deployed from inventories/kind."""

    name: str
    client: Client
    elsewhere: str = ""

    @property
    def namespace(self) -> str:
        """Where it is; ``elsewhere`` for one that a test deployed itself."""
        return self.elsewhere or NAMESPACES[self.name]

    def list(self, kind: str) -> list[Object]:
        """Return the objects of a kind in its namespace."""
        found = self.client.request("GET", self._path(kind))
        return list(found["items"])

    def get(self, kind: str, name: str) -> Object:
        """Return one object. Raises ApiError."""
        found: Object = self.client.request("GET", f"{self._path(kind)}/{name}")
        return found

    def pods(self, workload: str) -> list[Object]:
        """Return the pods of a workload that are not being deleted."""
        return [
            pod
            for pod in self.list("Pod")
            if pod["metadata"]["labels"].get("app.kubernetes.io/name") == workload
            and "deletionTimestamp" not in pod["metadata"]
        ]

    def passed(self, migration: str) -> list[Object]:
        """Return the Jobs of a migration that completed, the oldest first."""
        number = "slipway.dev/sequence"
        found = [
            job
            for job in self.list("Job")
            if job["metadata"]["labels"].get("slipway.dev/migration") == migration
            and job["status"].get("succeeded")
        ]
        return sorted(found, key=lambda job: int(job["metadata"]["labels"][number]))

    def ready(self, kind: str, name: str) -> bool:
        """Say whether a workload has all the pods that it should have, all of them ready."""
        found = self.get(kind, name)
        wanted, have = found["spec"]["replicas"], found["status"]
        counts = (have.get("replicas", 0), have.get("readyReplicas", 0))
        current = have.get("observedGeneration") == found["metadata"]["generation"]
        return current and counts == (wanted, wanted)

    @contextmanager
    def scaled(self, kind: str, name: str, replicas: int) -> Iterator[None]:
        """Have a workload at another number for a while; waits for it, and again at the end."""
        before = self.get(kind, name)["spec"]["replicas"]
        try:
            self._settle(kind, name, replicas)
            yield
        finally:
            self._settle(kind, name, before)

    @contextmanager
    def outage(self, datastore: str) -> Iterator[None]:
        """Take a datastore away for a minute, or for as long as the block takes."""
        with self.scaled("StatefulSet", datastore, 0):
            ends = time.monotonic() + OUTAGE_S
            yield
            time.sleep(max(0.0, ends - time.monotonic()))

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """Run kubectl in its namespace; fails the test with what kubectl said. given: its input."""
        command = [str(KUBECTL), "--kubeconfig", str(KUBECONFIG), "-n", self.namespace, *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def site(self, *arguments: str, **changes: Any) -> Run:
        """Run site.yml for this system. changes: merged into the inventory's ``stack_env``."""
        return self.play("site", *arguments, **changes)

    def play(self, name: str, *arguments: str, trusted: Path | None = None, **changes: Any) -> Run:
        """Run a playbook as ``site``. trusted: a file with the certificates to trust."""
        if self.elsewhere:
            changes = {"namespace": self.elsewhere, **changes}
        variables = {"stack_env": merge_hash(self._environment(), changes)} if changes else {}
        environment = {"SSL_CERT_FILE": str(trusted)} if trusted else {}
        return playbook(
            name, *arguments, limit=self.name, variables=variables, environment=environment
        )

    def _settle(self, kind: str, name: str, replicas: int) -> None:
        self.kubectl("scale", f"{kind}/{name}", f"--replicas={replicas}")
        eventually(lambda: self.ready(kind, name), f"{kind} {name} has {replicas} ready")

    def _environment(self) -> Any:
        host = ROOT / "inventories" / "kind" / "host_vars" / f"{self.name}.yml"
        return yaml.safe_load(host.read_text())["stack_env"]

    def _path(self, kind: str) -> str:
        return f"{PATHS.get(kind, '/api/v1')}/namespaces/{self.namespace}/{kind.lower()}s"


def now() -> str:
    """Return the time as the API server writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def eventually(holds: Callable[[], object], what: str, timeout_s: float = 90) -> None:
    """Wait until something holds; fails the test if it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(0.5)
