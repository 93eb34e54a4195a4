# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespace in which the kill tests happen: one PostgreSQL, one database for each test."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front, slots

from tests.kill.deployer import Deployer

PASSWORD = "kept-secret-by-the-tests"
CHECKOUT = Path(__file__).resolve().parents[2]
BUILT = CHECKOUT / ".cluster" / "bin"  # where `make cluster` puts its kubectl
KUBECTL = shutil.which("kubectl", path=f"{BUILT}:{os.environ['PATH']}") or "kubectl"
STACK = "kill-tests"
LABELS = {"app.kubernetes.io/part-of": STACK, "app.kubernetes.io/managed-by": "slipway"}
SAFE_POD = {
    "runAsNonRoot": True,
    "runAsUser": 999,
    "fsGroup": 999,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SAFE_CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


class Town:
    """A namespace under the restricted pod security standard, with PostgreSQL in it."""

    def __init__(self, client, namespace: str, kubeconfig: str) -> None:
        self.client, self.namespace, self.kubeconfig = client, namespace, kubeconfig

    def path(self, kind: str, name: str = "", group: str = "api/v1") -> str:
        return f"/{group}/namespaces/{self.namespace}/{kind}" + (f"/{name}" if name else "")

    def create(self, kind: str, body: dict, group: str = "api/v1") -> dict:
        return self.client.request("POST", self.path(kind, group=group), body=body)

    def delete(self, kind: str, name: str, group: str = "api/v1") -> None:
        self.client.request("DELETE", self.path(kind, name, group))

    def evict(self, pod: str) -> None:
        """Evict a pod, as a drain does."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
        self.client.request("POST", f"{self.path('pods', pod)}/eviction", body=body)

    def found(self, kind: str, group: str = "api/v1", **query: str) -> list[dict]:
        return self.client.request("GET", self.path(kind, group=group), query=query)["items"]

    def start_postgres(self) -> None:
        """Create the server and wait until it answers."""
        self.create("secrets", _secret("postgres", {"password": PASSWORD}))
        self.create("pods", _postgres())
        self.create("services", _service())
        deadline = time.monotonic() + 300
        while not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL does not answer after 300 s"
            time.sleep(0.5)

    def _answers(self) -> bool:
        pod = self.client.request("GET", self.path("pods", "postgres"))
        return any(
            found["type"] == "Ready" and found["status"] == "True"
            for found in pod["status"].get("conditions", [])
        )

    def database(self) -> Database:
        """Create an empty database of its own for one test."""
        name = f"db_{secrets.token_hex(4)}"
        self.sql(f"create database {name}", "postgres")
        self.create("secrets", database_secret(name))
        return Database(self, name)

    def sql(self, statement: str, database: str) -> str:
        """Run SQL inside the server's pod; return its output without decoration."""
        # A command that ends at once may lose its output: the stream is cut before it is copied.
        slowly = 'psql -U postgres -Atq "$@"; code=$?; sleep 0.5; exit $code'
        done = subprocess.run(
            [
                *(KUBECTL, "--kubeconfig", self.kubeconfig, "--namespace", self.namespace),
                *("exec", "postgres", "--", "bash", "-c", slowly, "psql"),
                *("-d", database, "-c", statement),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class Database:
    """One test's database, and the migrations that are run on it."""

    def __init__(self, town: Town, name: str) -> None:
        self.town, self.name = town, name
        self.id = f"{town.namespace}/{name}"
        self.secret = name.replace("_", "-")

    def sql(self, statement: str) -> str:
        return self.town.sql(statement, self.name)

    def params(self, script: str, **options) -> dict:
        """Return the module's options for a migration that runs a shell script with psql."""
        params = {
            "kubeconfig": self.town.kubeconfig,
            "namespace": self.town.namespace,
            "state": options.pop("state", "present"),
            "lock_wait": options.pop("lock_wait", 150),
            "baseline": options.pop("baseline", []),
            "rerun": options.pop("rerun", [options.get("name", "migrate_shop")]),
        }
        return params | {"migrations": [self.migration(script, **options)]}

    def migration(self, script: str, **options) -> dict:
        database = {"id": self.id, "claims": [], "incarnation": "first"}
        return {
            "name": options.pop("name", "migrate_shop"),
            "phase": options.pop("phase", "pre"),
            "database": options.pop("database", database),
            "backward_compatible": options.pop("backward_compatible", "unknown"),
            "timeout": options.pop("timeout", 150),
            "helpers": options.pop("helpers", []),
            "job": self.job(script, **options),
        }

    def job(self, script: str, **container) -> dict:
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"labels": LABELS},
            "spec": {"template": {"spec": self.pod(script, **container)}},
        }

    def pod(self, script: str, **container) -> dict:
        url = {"secretKeyRef": {"name": self.secret, "key": "url"}}
        made = {
            "name": "migrate",
            "image": "postgres:15",
            "imagePullPolicy": "IfNotPresent",
            "command": ["bash", "-euc", script],
            "env": [{"name": "DATABASE_URL", "valueFrom": url}],
            "securityContext": SAFE_CONTAINER,
        }
        return {
            "securityContext": SAFE_POD,
            "automountServiceAccountToken": False,
            "serviceAccountName": container.pop("account", "default"),
            "terminationGracePeriodSeconds": 5,
            "initContainers": container.pop("sidecars", []),
            "containers": [made | container],
        }

    def deploy(self, script: str, *broken: str, **options) -> Deployer:
        """Start a deployer of one migration."""
        return Deployer(self.params(script, **options), *broken)

    def run(self, script: str, *, check: bool = False, **options) -> dict:
        """Run one migration in the test's own process, where a guard can be taken out."""
        wanted = self.params(script, **options)
        (entry,) = front.run(wanted, check=check, report=lambda line: None)["migrations"]
        return entry

    def jobs(self) -> list[dict]:
        selector = slots.selector(self.id)
        return self.town.found("jobs", group="apis/batch/v1", labelSelector=selector)

    def leases(self) -> list[dict]:
        group, selector = "apis/coordination.k8s.io/v1", slots.selector(self.id)
        return self.town.found("leases", group=group, labelSelector=selector)

    def pods(self) -> list[dict]:
        return self.town.found("pods", labelSelector=slots.selector(self.id))

    def records(self) -> dict[str, dict]:
        """Return the data of the records by name."""
        found = self.town.found("configmaps", labelSelector=slots.selector(self.id))
        return {each["metadata"]["name"]: each["data"] for each in found}

    def runs(self) -> int:
        """Return how often COUNTING ran through."""
        return int(self.sql("select count(*) from runs where ended is not null"))

    def overlaps(self) -> int:
        """Return how many pairs of COUNTING ran at the same time."""
        return int(
            self.sql(
                "select count(*) from runs a join runs b on a.id < b.id"
                " where a.began < coalesce(b.ended, now()) and b.began < coalesce(a.ended, now())"
            )
        )

    def started(self) -> int:
        """Return how often COUNTING began; 0 without its table."""
        table = self.sql("select to_regclass('runs') is not null")
        return int(self.sql("select count(*) from runs")) if table == "t" else 0


def counting(seconds: float, *, tag: str = "a") -> str:
    """Return a migration that is not idempotent: it writes down each run of itself.

    Of two at the same moment one is told that the table exists already; it goes on.
    """
    return f"""
        psql="psql -v ON_ERROR_STOP=1 -Atq $DATABASE_URL"
        echo "first line {tag}"
        $psql -c "create table if not exists runs (id serial, tag text, began timestamptz
            default clock_timestamp(), ended timestamptz)" 2>&1 || true
        id=$($psql -c "insert into runs (tag) values ('{tag}') returning id")
        for i in $(seq {int(seconds)}); do echo "second $i"; sleep 1; done
        $psql -c "update runs set ended = clock_timestamp() where id = $id"
        echo "last line {tag}"
    """


def database_secret(database: str, *, host: str = "postgres", password: str = PASSWORD) -> dict:
    """Return the Secret with a database's URL."""
    url = f"postgresql://postgres:{password}@{host}:5432/{database}"
    return _secret(database.replace("_", "-"), {"url": url})


def _secret(name: str, values: dict[str, str]) -> dict:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}


def _service() -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "postgres"},
        "spec": {"selector": {"app": "postgres"}, "ports": [{"port": 5432}]},
    }


def _postgres() -> dict:
    password = {"secretKeyRef": {"name": "postgres", "key": "password"}}
    container = {
        "name": "postgres",
        "image": "postgres:15",
        "imagePullPolicy": "IfNotPresent",
        "env": [
            {"name": "POSTGRES_PASSWORD", "valueFrom": password},
            {"name": "PGDATA", "value": "/data/pg"},
        ],
        "securityContext": SAFE_CONTAINER,
        "readinessProbe": {
            "exec": {"command": ["pg_isready", "-h", "127.0.0.1", "-U", "postgres"]},
            "periodSeconds": 1,
        },
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "run", "mountPath": "/var/run/postgresql"},
        ],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "postgres", "labels": {"app": "postgres"}},
        "spec": {
            "securityContext": SAFE_POD,
            "containers": [container],
            "volumes": [{"name": "data", "emptyDir": {}}, {"name": "run", "emptyDir": {}}],
        },
    }


def make_town(client, name: str, kubeconfig: str) -> Town:
    """Create the namespace with PostgreSQL."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    client.request("POST", "/api/v1/namespaces", body=body)
    town = Town(client, name, kubeconfig)
    try:
        town.start_postgres()
    except (AssertionError, ApiError):
        client.request("DELETE", f"/api/v1/namespaces/{name}")
        raise
    return town
