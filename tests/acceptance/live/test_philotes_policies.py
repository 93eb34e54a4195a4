# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Philotes' NetworkPolicies as staging has them, on the cluster: who reaches whom.

In place of its programs stand pods with their labels that listen on their ports; all connections
are real. `network.policies`: without what it renders everybody reaches everybody.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance.live.deployed import Deployed, eventually
from tests.acceptance.live.network_plugin import enforced, filter_rules, peers
from tests.acceptance.systems import System, system

STACK = ("api", "worker", "lakekeeper", "philotes-db", "lakekeeper-db", "source-db", "storage")
OTHERS = {"stranger": 8000, "controller": 8001}
WANTED: dict[str, set[str]] = {
    **{name: set() for name in STACK},
    "api": {"philotes-db"},
    "worker": {"philotes-db", "source-db", "storage", "lakekeeper"},
    "lakekeeper": {"lakekeeper-db"},
    "stranger": {"controller"},
    "controller": {"api", "stranger"},
}
LISTEN = """
import socket, sys
server = socket.create_server(("", int(sys.argv[1])))
while True:
    server.accept()[0].close()
"""
CONNECT = """
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def answers(place):
    try:
        socket.create_connection(place.split(":"), 2).close()
    except OSError:
        return False
    return True
with ThreadPoolExecutor(9) as pool:
    places = sys.argv[1:]
    print(*(place for place, yes in zip(places, pool.map(answers, places)) if yes))
"""
RESOLVE = "import socket; print(socket.gethostbyname('kubernetes.default.svc.cluster.local'))"
Object = dict[str, Any]


@dataclass(frozen=True)
class Town:
    """Two namespaces, one of the stack and one of the ingress controller, and who is in them."""

    stack: Deployed
    outside: Deployed
    rendered: System

    def place(self, name: str) -> Deployed:
        """Return where somebody lives."""
        return self.outside if name == "controller" else self.stack

    def port(self, name: str) -> int:
        """Return where somebody listens."""
        if name in OTHERS:
            return OTHERS[name]
        return int(self.rendered.container(name)["ports"][0]["containerPort"])

    def stand_in(self, name: str, image: str) -> Object:
        """Return a pod that listens as the real one does."""
        kinds = ("Deployment", "StatefulSet")
        real = [self.rendered.of(kind)[name] for kind in kinds if name in self.rendered.of(kind)]
        labels = real[0]["spec"]["template"]["metadata"]["labels"] if real else {}
        command = ["python3", "-c", LISTEN, str(self.port(name))]
        container = {"name": "main", "image": image, "command": command}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
        metadata = {"name": name, "labels": labels}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def pods(self) -> list[Object]:
        """Return the pods of both."""
        return [*self.stack.list("Pod"), *self.outside.list("Pod")]

    def connections(self) -> dict[str, set[str]]:
        """Return who can connect to whom, tried one by one."""
        addresses = {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in self.pods()}
        names = {f"{addresses[name]}:{self.port(name)}": name for name in WANTED}

        def reached(name: str) -> set[str]:
            others = [place for place, other in names.items() if other != name]
            command = ("exec", name, "--", "python3", "-c", CONNECT, *others)
            return {names[place] for place in self.place(name).kubectl(*command).split()}

        with ThreadPoolExecutor(4) as pool:
            return dict(zip(WANTED, pool.map(reached, WANTED), strict=True))


@pytest.fixture
def town(philotes: Deployed) -> Iterator[Town]:
    suffix = secrets.token_hex(4)
    here, outside = (
        Deployed("philotes", philotes.client, f"{word}-{suffix}")
        for word in ("policies", "outside")
    )
    controller = f"network: {{controller: {{namespace: {outside.namespace}}}}}"
    rendered = system("philotes", "staging", f"namespace: {here.namespace}", controller)
    both = Town(here, outside, rendered)
    try:
        _settle(both, philotes)
        yield both
    finally:
        for place in (here, outside):
            place.kubectl("delete", "namespace", place.namespace, "--wait=false")


def test_ph_9_only_what_is_needed_connects(town: Town, philotes: Deployed) -> None:
    everybody = {name: set(WANTED) - {name} for name in WANTED}
    assert town.connections() == everybody, "without policies"
    policies = list(town.rendered.of("NetworkPolicy").values())
    _apply(town.stack, policies)
    around = philotes.client.request("GET", "/api/v1/pods")["items"]
    rules = filter_rules(policies, peers(around), f"PH9-{secrets.token_hex(4)}")
    with enforced(rules, lambda lines: _restore(philotes, lines)):
        assert town.connections() == WANTED
        resolved = town.stack.kubectl("exec", "api", "--", "python3", "-c", RESOLVE)
        assert resolved.startswith("10."), "DNS is open"


def _settle(town: Town, philotes: Deployed) -> None:
    image = philotes.get("Deployment", "api")["spec"]["template"]["spec"]["containers"][0]["image"]
    for place in (town.stack, town.outside):
        place.kubectl("create", "namespace", place.namespace)
        _apply(place, [town.stand_in(one, image) for one in WANTED if town.place(one) is place])
    eventually(lambda: all(map(_listens, town.pods())), "everybody is there")


def _listens(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _apply(place: Deployed, objects: Sequence[Object]) -> None:
    given = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    place.kubectl("apply", "-f", "-", given=json.dumps(given))


def _restore(philotes: Deployed, lines: Sequence[str]) -> None:
    """Change the packet filter of the node, which kube-proxy has at hand."""
    restore = ("exec", "-i", "ds/kube-proxy", "--", "iptables-restore", "--noflush")
    philotes.kubectl("-n", "kube-system", *restore, given="\n".join(lines) + "\n")
