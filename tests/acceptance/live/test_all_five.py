# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five systems from nothing, by one command; then again, and with another image.

These tests come first: what they deploy is what the others look at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.live.deployed import KUBECTL, NAMESPACES, Deployed, eventually
from tests.acceptance.live.tagged import release_file
from tests.e2e.running import Run, playbook
from tests.e2e.seeing import KUBECONFIG, cluster, pods, restarts

Pods = dict[str, dict[str, tuple[str, int]]]


@pytest.fixture(scope="module", autouse=True)
def _there() -> None:
    if not KUBECONFIG.exists() or not KUBECTL.exists():
        pytest.skip("there is no cluster: run `make cluster`")


@pytest.fixture(scope="module")
def torn_down() -> list[str]:
    """Take all five down with their data, each by name; returns what still tells of them."""
    for name in NAMESPACES:
        variables = {"teardown_data": name}
        playbook("teardown", limit=name, variables=variables).succeeded()
    client = cluster()
    eventually(lambda: not _left(client), f"still there: {_left(client)}", timeout_s=180)
    return _volumes(client)


@pytest.fixture(scope="module")
def from_nothing(torn_down: list[str]) -> Run:
    """Deploy all five with one command."""
    return playbook("site", limit="all")


def test_ms_19_teardown_leaves_no_object_no_claim_and_no_namespace(torn_down: list[str]) -> None:
    """The feature: teardown deletes what was applied, and by name the data and the namespace."""
    client = cluster()
    assert _left(client) == []
    assert torn_down == []
    for path in ("clusterroles", "clusterrolebindings"):
        found = client.request("GET", f"/apis/rbac.authorization.k8s.io/v1/{path}")["items"]
        labels = [one["metadata"].get("labels", {}) for one in found]
        parts = {label.get("app.kubernetes.io/instance") for label in labels}
        assert not parts & set(NAMESPACES)


def test_ah_1_one_run_deploys_everything_on_an_empty_cluster(from_nothing: Run) -> None:
    """The feature: what needs what is known, so that one run suffices."""
    assert from_nothing.code == 0, from_nothing.output
    for name in NAMESPACES:
        deployments = Deployed(name, cluster()).list("Deployment")
        assert deployments
        for one in deployments:
            status = one["status"]
            assert status["readyReplicas"] == one["spec"]["replicas"], one["metadata"]["name"]


def test_ms_1_no_error_is_told_and_nothing_restarts(from_nothing: Run) -> None:
    """The feature: gates and waits, by which no program meets a dependency that is not there."""
    assert "[ERROR]" not in from_nothing.output
    restarted = {
        pod["metadata"]["name"]: restarts(pod)
        for name in NAMESPACES
        for pod in Deployed(name, cluster()).list("Pod")
        if restarts(pod)
    }
    assert restarted == {}


def test_ah_21_the_second_run_changes_nothing(from_nothing: Run) -> None:
    """The feature: server-side apply and gates that know what has been done."""
    before = _running()
    again = playbook("site", limit="all").succeeded()
    assert again.changed == 0, again.output
    assert _running() == before


CHANGED = [
    pytest.param("web", {"web"}, id="of a workload"),
    pytest.param("migrate", {"web", "worker"}, id="of a migration"),
]


@pytest.mark.parametrize(("image", "replaced"), CHANGED)
def test_another_image_replaces_what_runs_it_and_what_its_migration_gates(
    from_nothing: Run, tmp_path: Path, image: str, replaced: set[str]
) -> None:
    """Nothing else of any of the five is touched."""
    variables = {"stack_release_file": str(release_file("mathison", (image,), tmp_path))}
    before = _running()
    playbook("site", limit="mathison", variables=variables).succeeded()
    after = _running()
    gone = {
        pod.rsplit("-", 2)[0]
        for namespace, known in before.items()
        for pod in known.keys() - after[namespace].keys()
    }
    playbook("site", limit="mathison").succeeded()
    assert gone == replaced


def _left(client: Any) -> list[str]:
    found = client.request("GET", "/api/v1/namespaces")["items"]
    names = {one["metadata"]["name"] for one in found}
    return sorted(names & set(NAMESPACES.values()))


def _volumes(client: Any) -> list[str]:
    """Return the volumes that are still claimed by one of the five."""
    return [
        one["metadata"]["name"]
        for one in client.request("GET", "/api/v1/persistentvolumes")["items"]
        if one["spec"]["claimRef"]["namespace"] in NAMESPACES.values()
        and one["status"]["phase"] == "Bound"
    ]


def _running() -> Pods:
    return {namespace: pods(cluster(), namespace) for namespace in NAMESPACES.values()}
