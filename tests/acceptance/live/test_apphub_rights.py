# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppHub on the kind cluster: what its accounts may do, asked for and done.

Without `accounts.*.rules` in the stack file all of these tests fail.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.live.deployed import Deployed, eventually
from tests.acceptance.live.inside import may, restarts
from tests.e2e.seeing import exists
from tests.e2e.shop_client import ShopClient

CATALOG = "http://api.apphub.localhost:8080"
CHANGES = {"get", "list", "watch", "create", "patch", "delete"}
# Everything that an account may do: (group, resource) and verbs.
RIGHTS = {
    "apphub-builder": {
        ("batch", "jobs"): CHANGES,
        ("", "pods"): {"get", "list", "watch"},
        ("", "pods/log"): {"get"},
        ("", "events"): {"list"},
    },
    "apphub-preview": {
        ("apps", "deployments"): CHANGES,
        ("", "services"): CHANGES,
        ("networking.k8s.io", "ingresses"): CHANGES,
    },
    "apphub-launched": {},
}
RESOURCES = {
    *(resource for rights in RIGHTS.values() for resource in rights),
    ("", "secrets"),
    ("", "configmaps"),
    ("", "pods/exec"),
    ("rbac.authorization.k8s.io", "rolebindings"),
}
VERBS = sorted(CHANGES | {"update", "deletecollection"})
# Asks with the token that is mounted in the worker, as its own code would.
REFUSED = """
import sys
from reference import kube
print(kube.client_of_pod().get(sys.argv[1]).status_code)
"""


@pytest.fixture
def name() -> str:
    return f"acceptance-{secrets.token_hex(4)}"


@pytest.mark.parametrize("account", RIGHTS)
def test_ah_10_an_account_may_do_what_is_listed_and_no_more(apphub: Deployed, account: str) -> None:
    asked = set(itertools.product(RESOURCES, VERBS))
    allowed = {one for one in asked if may(apphub, account, apphub.namespace, *one)}
    listed = {(resource, verb) for resource, verbs in RIGHTS[account].items() for verb in verbs}
    assert allowed == listed


@pytest.mark.parametrize("account", RIGHTS)
def test_ah_10_an_account_may_do_nothing_elsewhere(apphub: Deployed, account: str) -> None:
    for namespace in ("default", "philotes", "kube-system", ""):
        for resource in RESOURCES:
            assert not may(apphub, account, namespace, resource, "list"), (namespace, resource)


@pytest.mark.parametrize("worker", ["catalog-build", "catalog-launch"])
def test_ah_10_the_workers_token_is_refused_secrets(apphub: Deployed, worker: str) -> None:
    own = f"/api/v1/namespaces/{apphub.namespace}"
    for path in (f"{own}/secrets", "/api/v1/namespaces/default/pods"):
        command = ("exec", f"deploy/{worker}", "--", "python3", "-c", REFUSED, path)
        assert apphub.kubectl(*command).strip() == "403", path


def test_ah_11_the_builder_makes_a_job_reads_its_log_and_deletes_it(
    apphub: Deployed, name: str
) -> None:
    made = f"/apis/batch/v1/namespaces/{apphub.namespace}/jobs/{name}"
    queued = _queue("build", {"name": name, "args": ["sh", "-c", f"echo built {name}; sleep 1"]})
    eventually(lambda: exists(apphub.client, made), "the Job is there", 30)
    done = _done(queued)
    assert done["result"] == {"job": name, "log": f"built {name}"}
    eventually(lambda: not exists(apphub.client, made), "the Job is gone", 30)


def test_ah_11_the_preview_makes_and_deletes_what_it_launches(
    apphub: Deployed, stopped: str
) -> None:
    _done(_queue("launch", {"name": stopped}))
    assert _launched(apphub, stopped) == [True, True, True]
    deployment = apphub.get("Deployment", stopped)
    pod = deployment["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "apphub-launched"
    _done(_queue("launch", {"name": stopped, "action": "stop"}))
    eventually(lambda: not any(_launched(apphub, stopped)), "all three are gone", 30)


@pytest.fixture
def stopped(apphub: Deployed, name: str) -> Iterator[str]:
    """Name a preview, and see to it that nothing of it is left."""
    yield name
    kinds = "deployment,service,ingress"
    apphub.kubectl("delete", kinds, name, "--ignore-not-found", "--wait=false")
    eventually(lambda: not any(one.startswith(name) for one in restarts(apphub)), "its pod is gone")


def _queue(queue: str, payload: dict[str, Any]) -> int:
    return int(ShopClient(CATALOG).request("POST", f"/jobs/{queue}", payload).expect(200)["id"])


def _done(number: int) -> dict[str, Any]:
    """Return a job of the catalog that its worker has done."""

    def ended() -> bool:
        job.update(ShopClient(CATALOG).request("GET", f"/jobs/{number}").expect(200))
        return job["state"] in ("done", "failed")

    job: dict[str, Any] = {}
    eventually(ended, f"job {number} ends", 60)
    assert job["state"] == "done", job
    return job


def _launched(apphub: Deployed, name: str) -> list[bool]:
    """Say which of Deployment, Service and Ingress are there."""
    here = f"namespaces/{apphub.namespace}"
    places = (
        f"/apis/apps/v1/{here}/deployments",
        f"/api/v1/{here}/services",
        f"/apis/networking.k8s.io/v1/{here}/ingresses",
    )
    return [exists(apphub.client, f"{place}/{name}") for place in places]
