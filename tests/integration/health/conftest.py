# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies objects and waits for them, each wait with its own client as in a run of its own."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health import wait
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.conftest import delete_namespace, free_name


@dataclass
class Outcome:
    """What came of one wait. seconds: how long it took."""

    result: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def last(self) -> dict[str, Any]:
        """The entry of the object that was waited for."""
        return self.result["resources"][-1]

    def certain_after(self, sign: str) -> float:
        """Seconds from when the cause could be seen by this `sign` until it was a failure."""
        reason = self.last["reason"]
        timeline = self.result["timeline"]
        moments = [one for one in timeline if f" {reason}: " in one and sign in one]
        first, last = (datetime.fromisoformat(one.split()[0]) for one in (moments[0], moments[-1]))
        return (last - first).total_seconds()

    @property
    def seen(self) -> str:
        """Everything that a person could read."""
        return "\n".join([*self.lines, self.result["msg"]])


class Bench:
    """One namespace."""

    def __init__(self, client, kubeconfig, namespace: str) -> None:
        self.client = client
        self.kubeconfig = str(kubeconfig)
        self.namespace = namespace

    def apply(self, *objects: dict[str, Any]) -> dict[str, Any]:
        """Create or change objects; return the last as an entry of `resources`."""
        for obj in objects:
            answer = self.client.request(
                "PATCH",
                self.path(obj),
                query={"fieldManager": "test", "force": True},
                body=obj,
                content_type="application/apply-patch+yaml",
            )
        return {**self.entry(answer), "uid": answer["metadata"]["uid"]}

    def entry(self, obj: dict[str, Any]) -> dict[str, Any]:
        return {
            "api_version": obj["apiVersion"],
            "kind": obj["kind"],
            "namespace": self.namespace,
            "name": obj["metadata"]["name"],
            "generation": obj["metadata"].get("generation", 0),
        }

    def delete(self, obj: dict[str, Any]) -> None:
        """Delete an object and wait until it is gone."""
        path = self.path(obj)
        self.client.request("DELETE", path, query={"propagationPolicy": "Background"})
        while self.exists(path):
            time.sleep(0.2)

    def exists(self, path: str) -> bool:
        try:
            self.client.request("GET", path)
        except ApiError as error:
            if error.status != 404:
                raise
            return False
        return True

    def path(self, obj: dict[str, Any]) -> str:
        name = obj["metadata"]["name"]
        return self.client.discovery().path(obj["apiVersion"], obj["kind"], self.namespace, name)

    def wait(self, *entries: dict[str, Any], check: bool = False, **params: Any) -> Outcome:
        """Wait as the module does."""
        outcome, began = Outcome(), time.monotonic()
        options = {"timeout": 240.0, "stable_for": 0.0, "kubeconfig": self.kubeconfig, **params}
        outcome.result = wait.run(
            {"resources": list(entries), **options},
            check=check,
            report=outcome.lines.append,
            connected=_connected,
        )
        outcome.seconds = time.monotonic() - began
        return outcome


AT_ONCE = 6
_in_turn = threading.Lock()


def _connected(params):
    """kubernetes.config keeps the files of client certificates in a table without a lock."""
    with _in_turn:
        return connect(params)


@pytest.fixture
def bench(client, kubeconfig, namespace) -> Bench:
    """A fresh namespace to apply things in and wait for them."""
    return Bench(client, kubeconfig, namespace)


@pytest.fixture
def cluster_scoped(bench):
    """Apply cluster-scoped objects and delete them afterwards."""
    made = []

    def apply(obj):
        made.append(obj)
        return bench.apply(obj)

    yield apply
    for obj in made:
        bench.delete(obj)


@pytest.fixture(scope="module")
def side_by_side(client, kubeconfig):
    """Run `case(bench)` for many names at once, each in a namespace of its own.

    A fault takes up to a minute to be certain; a few of them together take no longer.
    """
    made: list[str] = []

    def in_own_namespace(case):
        name = free_name()
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        client.request("POST", "/api/v1/namespaces", body=body)
        made.append(name)
        return case(Bench(client, kubeconfig, name))

    def run(cases):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(cases, pool.map(in_own_namespace, cases.values()), strict=True))

    yield run
    for name in made:
        delete_namespace(client, name)
