# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and faults on the real cluster: one clear message, and nothing half done."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import SMALL_STACK, Variables
from tests.e2e.running import Run, end, playbook, read_until, started
from tests.e2e.seeing import KUBECONFIG, exists, pods
from tests.e2e.shop_client import ShopClient


def namespace_of(variables: dict[str, Any]) -> str:
    """Return where the small stack goes."""
    return str(variables["stack_env"]["namespace"])


def works(variables: dict[str, Any]) -> None:
    """Ask the small stack for something that only a migrated database can answer."""
    site = ShopClient(f"http://{namespace_of(variables)}.localhost:8080")
    answer = site.request("POST", "/users/login", {"username": "nobody", "password": "not that"})
    assert answer.status == 401, answer


def converges(variables: dict[str, Any]) -> Run:
    """Deploy, see it work, and deploy again without a change."""
    run = playbook("site", variables=variables).succeeded()
    works(variables)
    again = playbook("site", variables=variables).succeeded()
    assert again.changed == 0, again.output
    return run


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("args: [users, serve]", "argz: [users, serve]", "unknown key"),
        ("ports: {http: 3001}", "ports: {http: many}", "workloads.users.ports.http"),
        ("to: users}", "to: user}", '"users"'),
        ("JWT_SECRET: ${secrets.auth.jwt_secret}", "JWT_SECRET: ${secrets.auth.jwt}", "jwt_secret"),
    ],
    ids=["unknown-key", "wrong-type", "route-to-nothing", "reference-to-nothing"],
)
def test_a_wrong_stack_file_is_refused_with_its_line(
    small: Variables, client: Client, tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = SMALL_STACK.read_text()
    assert old in text
    broken = tmp_path / "users.yml"
    broken.write_text(text.replace(old, new))
    line = next(n for n, row in enumerate(broken.read_text().splitlines(), 1) if new in row)
    variables = {**small(), "stack_file": str(broken)}
    message = playbook("site", variables=variables).refused()
    assert says in message
    assert f"users.yml:{line}:" in message
    assert not exists(client, f"/api/v1/namespaces/{namespace_of(variables)}")


def test_no_kubeconfig(small: Variables, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    message = playbook("site", variables={**small(), "stack_kubeconfig": missing}).refused()
    assert missing in message


def test_wrong_context_names_the_known_ones(small: Variables) -> None:
    message = playbook("site", variables={**small(), "stack_context": "kind-slipwy"}).refused()
    assert "kind-slipway" in message


def _kubeconfig(path: Path, **changes: dict[str, Any]) -> str:
    config = yaml.safe_load(KUBECONFIG.read_text())
    config["clusters"][0]["cluster"].update(changes.get("cluster", {}))
    if "user" in changes:
        config["users"][0]["user"] = changes["user"]
    path.write_text(yaml.safe_dump(config))
    return str(path)


def test_unreachable_api_server(small: Variables, tmp_path: Path) -> None:
    file = _kubeconfig(tmp_path / "config", cluster={"server": "https://127.0.0.1:1"})
    message = playbook("site", variables={**small(), "stack_kubeconfig": file}).refused()
    assert "https://127.0.0.1:1" in message


def test_expired_credentials(small: Variables, tmp_path: Path) -> None:
    file = _kubeconfig(tmp_path / "config", user={"token": "expired"})
    message = playbook("site", variables={**small(), "stack_kubeconfig": file}).refused()
    assert "401" in message or "Unauthorized" in message
    assert "credentials" in message


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["sigint", "sigkill"])
@pytest.mark.parametrize(
    "moment",
    ["created StatefulSet", "migrate-users", "created Deployment"],
    ids=["infra", "migration", "roll-out"],
)
def test_killed_and_run_again(small: Variables, moment: str, number: signal.Signals) -> None:
    slow = {"migrate_users": {"env": {"FAULT_MIGRATION_SLOW_S": "2"}}}
    variables = small(migrations=slow)
    with started("site", variables=variables) as process:
        read_until(process, moment)
        end(process, number)
    assert process.returncode != 0
    converges(variables)


def test_two_runs_at_once(small: Variables, client: Client) -> None:
    variables = small()
    runs: list[Run] = []
    threads = [
        threading.Thread(target=lambda: runs.append(playbook("site", variables=variables)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.succeeded()
    jobs = client.request(
        "GET",
        f"/apis/batch/v1/namespaces/{namespace_of(variables)}/jobs",
        query={"labelSelector": "app.kubernetes.io/component=migration"},
    )
    assert len(jobs["items"]) == 1, json.dumps(jobs["items"])
    converges(variables)


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
