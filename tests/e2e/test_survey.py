# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run leaves alone what is as it should be, and nothing else: each drift, each with its guard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.releases.record import latest
from ansible_collections.slipway.stack.plugins.module_utils.releases.store import Store
from ansible_collections.slipway.stack.plugins.plugin_utils.survey import front, phases

from tests.e2e.conftest import Variables, a_small_stack
from tests.e2e.running import playbook
from tests.e2e.seeing import KUBECONFIG
from tests.e2e.small import converges, namespace_of, works

Place = str
Drift = Callable[[Client, Place], None]
CORE, APPS = "/api/v1/namespaces", "/apis/apps/v1/namespaces"
ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces"
MERGE = "application/merge-patch+json"


def deleted(path: str) -> Drift:
    return lambda client, space: client.request("DELETE", path.format(space)) and None


def patched(path: str, body: dict[str, Any]) -> Drift:
    def patch(client: Client, space: Place) -> None:
        client.request("PATCH", path.format(space), body=body, content_type=MERGE)

    return patch


def all_deleted(path: str, selector: str) -> Drift:
    query = {"labelSelector": selector}
    return lambda client, space: client.request("DELETE", path.format(space), query=query) and None


DEPLOYMENT = APPS + "/{}/deployments/users"
# Nobody's any more: what another manager had set would be a conflict.
UNSET = {"metadata": {"labels": {"app.kubernetes.io/instance": None}}}
MEMORY = CORE + "/{}/configmaps/slipway-applied-users-workloads"
CONFIG, PODS = CORE + "/{}/configmaps", CORE + "/{}/pods"
RECORDS = "app.kubernetes.io/component=migration"
RELEASES = "slipway.dev/release-of=users"
# name → what happens, the first phase to be done, why, and the guards that would see it
DRIFTS: dict[str, tuple[Drift, str, str, str]] = {
    "a Service is gone": (
        deleted(CORE + "/{}/services/users-db"),
        "infra", "Service {}/users-db does not exist", "_unlike _unready",
    ),
    "a record is gone": (
        all_deleted(CONFIG, RECORDS),
        "migrations", "migration migrate_users has not passed", "_unpassed",
    ),
    "a label is gone": (
        patched(DEPLOYMENT, UNSET),
        "workloads", "Deployment {}/users differs", "_unlike",
    ),
    "the memory is gone": (deleted(MEMORY), "workloads", "is not remembered", "_unlike"),
    "a pod is gone": (
        all_deleted(PODS, "app.kubernetes.io/name=users"),
        "workloads", "users is not ready", "_unready",
    ),
    "the route is gone": (
        deleted(ROUTES + "/{}/httproutes/users"),
        "ingress", "HTTPRoute {}/users does not exist", "_unlike _unready",
    ),
    "the release is gone": (
        all_deleted(CONFIG, RELEASES), "record", "this release is not recorded", "_is_unrecorded",
    ),
}  # fmt: skip


class Surveyed:
    """The small stack, deployed, and surveys of it in this process."""

    def __init__(self, client: Client, variables: dict[str, Any]) -> None:
        self.variables, self.space = variables, namespace_of(variables)
        store = Store(client, self.space, "users")
        newest = latest(store.releases())
        assert newest
        self.stack = store.resolved(newest)

    def survey(self) -> dict[str, Any]:
        asked = {"stack": self.stack, "secret_values": {}, "baseline": [], "rerun": []}
        connection = {"kubeconfig": str(KUBECONFIG), "context": "kind-slipway"}
        return front.run(asked | connection, check=False, report=lambda _line: None)

    def until_seen(self) -> dict[str, Any]:
        """Survey until it sees something; a pod's end takes a moment to be told."""
        deadline = time.monotonic() + 10
        while not (found := self.survey())["pending"]:
            assert time.monotonic() < deadline, found
        return found


@pytest.fixture(scope="module")
def deployed(client: Client) -> Iterator[Surveyed]:
    with a_small_stack(client) as variables:
        converges(variables())
        yield Surveyed(client, variables())


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_each_drift_is_seen_and_mended(
    deployed: Surveyed, client: Client, drift: tuple[Drift, str, str, str], monkeypatch: Any
) -> None:
    happens, first, why, guards = drift
    happens(client, deployed.space)
    found = deployed.until_seen()
    later = phases.PHASES[phases.PHASES.index(first) :]
    assert found["pending"] == [one for one in later if one != "contract"]  # it has none
    assert why.format(deployed.space) in found["msg"]
    with monkeypatch.context() as without:  # the negative control
        for guard in guards.split():
            without.setattr(front, guard, lambda *_args: {})
        assert deployed.survey()["pending"] == []
    run = playbook("site", variables=deployed.variables).succeeded()
    works(deployed.variables)
    assert f"to do from {first} on" in run.output or first == "workloads"  # its pod may be back
    assert deployed.survey()["pending"] == []


def test_what_is_as_it_should_be_is_only_asked(deployed: Surveyed, monkeypatch: Any) -> None:
    sent: list[str] = []
    request = Client.request

    def noted(self: Client, method: str, *args: Any, **options: Any) -> dict[str, Any]:
        sent.append(method)
        return request(self, method, *args, **options)

    monkeypatch.setattr(Client, "request", noted)
    assert deployed.survey()["pending"] == []
    assert set(sent) == {"GET"}
    run = playbook("site", variables=deployed.variables).succeeded()
    assert "nothing to do" in run.output
    assert "Apply the objects" not in run.output
    assert run.changed == 0


def test_what_is_not_there_yet_is_all_to_be_done(small: Variables) -> None:
    run = playbook("site", "--check", variables=small()).succeeded()
    assert "to do from infra on: users is not there yet" in run.output
    assert run.changed > 0
