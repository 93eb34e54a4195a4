# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on the real cluster: named, nothing half done, and mended by the next run."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook
from tests.e2e.seeing import exists, pods
from tests.e2e.shop_client import ShopClient
from tests.e2e.small import converges, namespace_of, works


def test_an_image_that_does_not_exist(small: Variables, registry: str) -> None:
    """And the old version serves on, and the right image mends it."""
    variables = small()
    playbook("site", variables=variables).succeeded()
    wrong = small(images={"shop": {"repo": f"{registry}/shop", "tag": "none"}})
    wrong["stack_release_file"] = ""
    message = playbook("site", variables=wrong).refused()
    assert f"{registry}/shop:none" in message
    assert "not found" in message
    works(variables)
    converges(variables)


def test_a_failing_migration_stops_the_roll_out(small: Variables, client: Client) -> None:
    variables = small()
    playbook("site", variables=variables).succeeded()
    before = pods(client, namespace_of(variables))
    fault = {"migrate_users": {"env": {"FAULT_MIGRATION_FAIL_AT": "2"}}}
    failing = small(migrations=fault, workloads={"users": {"env": {"LOG_LEVEL": "debug"}}})
    message = playbook("site", variables=failing).refused()
    assert "division by zero" in message
    assert pods(client, namespace_of(variables)) == before
    works(variables)


def test_a_failing_first_migration_starts_no_pod(small: Variables, client: Client) -> None:
    fault = {"migrate_users": {"env": {"FAULT_MIGRATION_FAIL_AT": "2"}}}
    variables = small()
    playbook("site", variables=small(migrations=fault)).refused()
    assert set(pods(client, namespace_of(variables))) == {"users-db-0"}
    converges(variables)


def test_a_crashing_service_is_named_with_its_log(small: Variables) -> None:
    crash = {"users": {"env": {"FAULT_CRASH_AT_START": "true"}}}
    message = playbook("site", variables=small(workloads=crash)).refused()
    assert "fault: crash at start" in message
    assert "CrashLoopBackOff" in message or "crash" in message.lower()
    converges(small())


def test_teardown_keeps_data_until_it_is_named(small: Variables, client: Client) -> None:
    variables = small()
    namespace = namespace_of(variables)
    converges(variables)
    site = ShopClient(f"http://{namespace}.localhost:8080")
    site.register("keeper", "correct horse battery")

    playbook("teardown", variables=variables).succeeded()
    assert pods(client, namespace) == {}
    assert exists(client, f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-users-db-0")

    playbook("site", variables=variables).succeeded()
    assert site.login("keeper", "correct horse battery")

    wrong = playbook("teardown", variables={**variables, "teardown_data": "shop"}).refused()
    assert "Nothing was deleted" in wrong
    works(variables)

    playbook("teardown", variables={**variables, "teardown_data": "users"}).succeeded()
    assert not exists(client, f"/api/v1/namespaces/{namespace}")
