# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command brings the release before back; data stay."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook
from tests.e2e.shop_client import ShopClient
from tests.e2e.small import namespace_of


def level(client: Client, namespace: str) -> str:
    """Return the log level that the deployed pods have: what differs between the releases."""
    base = f"/api/v1/namespaces/{namespace}/configmaps"
    apps = f"/apis/apps/v1/namespaces/{namespace}/deployments/users"
    (source,) = client.request("GET", apps)["spec"]["template"]["spec"]["containers"][0]["envFrom"]
    data = client.request("GET", f"{base}/{source['configMapRef']['name']}")["data"]
    return str(data["LOG_LEVEL"])


def release(variables_of: Variables, log_level: str, **more: Any) -> dict[str, Any]:
    return variables_of(workloads={"users": {"env": {"LOG_LEVEL": log_level}}}, **more)


def test_back_to_the_release_before(small: Variables, client: Client) -> None:
    first, second = release(small, "info"), release(small, "debug")
    namespace = namespace_of(first)
    assert "release 1" in playbook("site", variables=first).succeeded().output
    site = ShopClient(f"http://{namespace}.localhost:8080")
    site.register("keeper", "correct horse battery")
    assert "release 2" in playbook("site", variables=second).succeeded().output
    assert level(client, namespace) == "debug"

    playbook("rollback", "--check", variables=second).succeeded()
    assert level(client, namespace) == "debug"
    back = playbook("rollback", variables=second).succeeded()
    assert "brings back 1" in back.output
    assert level(client, namespace) == "info"
    assert site.login("keeper", "correct horse battery")

    listed = playbook("rollback", variables={**second, "rollback_list": True}).succeeded()
    assert listed.output.count(": release ") == 3
    assert "before the one that is deployed" in playbook("rollback", variables=second).refused()
    unknown = playbook("rollback", variables={**second, "rollback_to": 9}).refused()
    assert "no release 9" in unknown
    assert level(client, namespace) == "info"


@pytest.mark.parametrize("compatible", [True, False])
def test_a_release_that_the_schema_has_outgrown_is_refused(
    small: Variables, client: Client, compatible: bool
) -> None:
    """With the same stack and a compatible migration it is not: the negative control."""
    migration = {"env": {"LOG_LEVEL": "debug"}, "backward_compatible": compatible}
    first = release(small, "info")
    second = release(small, "debug", migrations={"migrate_users": migration})
    playbook("site", variables=first).succeeded()
    playbook("site", variables=second).succeeded()
    back = playbook("rollback", variables=second)
    if compatible:
        back.succeeded()
    else:
        assert "migrate" in back.refused()
    assert level(client, namespace_of(first)) == ("info" if compatible else "debug")
