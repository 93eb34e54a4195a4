# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify.yml: what it says of a stack that works, and of one that does not."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook
from tests.e2e.small import namespace_of

LOGIN = {
    "route": "users",
    "path": "/users/login",
    "json": {"username": "nobody", "password": "not the body"},
}


def test_a_stack_that_works_then_one_that_does_not(small: Variables, client: Client) -> None:
    """A hook that nobody answers as expected, and a workload that is gone, are both told."""
    works = small(verify={"login": {**LOGIN, "status": [401]}})
    playbook("site", variables=works).succeeded()
    told = " ".join(playbook("verify", variables=works).succeeded().output.split())
    for row in ("passed health users", "passed names users", "passed route users", "passed hook"):
        assert row in told
    pods = f"/api/v1/namespaces/{namespace_of(works)}/pods"
    names = [one["metadata"]["name"] for one in client.request("GET", pods)["items"]]
    assert not [name for name in names if name.startswith("verify-names")]

    deployment = f"/apis/apps/v1/namespaces/{namespace_of(works)}/deployments/users"
    client.request("DELETE", deployment)
    wrong = {"verify": {"login": LOGIN}}
    said = playbook("verify", variables={**small(**wrong), "verify_timeout": 3}).refused()
    assert "FAILED health users" in said
    assert "hook login: POST" in said
    assert "instead of 200" in said


def test_what_was_never_deployed(small: Variables) -> None:
    variables = {**small(), "verify_timeout": 2}
    said = playbook("verify", variables=variables).refused()
    assert "nothing of it is deployed" in said


@pytest.mark.parametrize("name", ["verify", "site"])
def test_check_mode_asks_nothing(small: Variables, name: str) -> None:
    run = playbook(name, "--check", variables=small()).succeeded()
    assert "instead of" not in run.output
