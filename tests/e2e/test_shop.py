# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: the shop on real Kubernetes, seen from outside and run again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e import shop_client
from tests.e2e.running import ROOT, Run, playbook
from tests.e2e.seeing import KUBECONFIG, pods, secret

URL = "http://shop.localhost:8080"
NAMESPACE = "shop"
SECRETS = {
    "users-db": ["password", "url"],
    "products-db": ["password", "url"],
    "orders-db": ["password", "url"],
    "auth": ["jwt_secret"],
    "admin": ["password"],
}
READMES = sorted((ROOT / "roles").glob("*/README.md"))


def test_a_customer_can_order(shop: Run, client: Client) -> None:
    """Register, log in, find a product, order it, list the order; and what must be refused."""
    admin = ("admin", secret(client, NAMESPACE, "admin", "password"))
    shop_client.Walk(shop_client.ShopClient(URL), timeout_s=30, admin=admin).run()


def test_a_second_run_changes_nothing_and_restarts_no_pod(shop: Run, client: Client) -> None:
    before = pods(client, NAMESPACE)
    again = playbook("site").succeeded()
    assert again.changed == 0, again.output
    assert pods(client, NAMESPACE) == before
    assert len(before) == 7


def test_check_mode_of_a_deployed_stack_predicts_no_change(shop: Run) -> None:
    checked = playbook("site", "--check", "--diff").succeeded()
    assert checked.changed == 0, checked.output


def test_minikube_is_the_same_job(shop: Run, tmp_path: Path) -> None:
    """The same cluster under a context called minikube: nothing to change."""
    config = yaml.safe_load(KUBECONFIG.read_text())
    for context in config["contexts"]:
        context["name"] = "minikube"
    config["current-context"] = "minikube"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    environment = {"KUBECONFIG": str(tmp_path / "config")}
    run = playbook("site", inventory="minikube", environment=environment).succeeded()
    assert run.changed == 0, run.output


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_the_example_of_each_role_runs(shop: Run, readme: Path, tmp_path: Path) -> None:
    """The shop is deployed already, so that each example changes nothing."""
    example = re.search(r"```yaml\n(.*?)```", readme.read_text(), re.DOTALL)
    assert example, f"{readme} has no example"
    (tmp_path / "example.yml").write_text("---\n" + example[1])
    run = playbook(str(tmp_path / "example.yml")).succeeded()
    assert run.changed == 0, run.output


def test_no_output_holds_a_secret(shop: Run, client: Client) -> None:
    run = playbook("site", "-vvv", "--diff").succeeded()
    for name, keys in SECRETS.items():
        for key in keys:
            assert secret(client, NAMESPACE, name, key) not in run.output, f"{name}.{key}"


def test_no_config_map_holds_a_secret(shop: Run, client: Client) -> None:
    path = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
    text = str([item.get("data") for item in client.request("GET", path)["items"]])
    for name, keys in SECRETS.items():
        for key in keys:
            assert secret(client, NAMESPACE, name, key) not in text, f"{name}.{key}"


def test_data_survives_its_pod(shop: Run, client: Client) -> None:
    customer = shop_client.ShopClient(URL)
    name = f"survivor-{len(pods(client, NAMESPACE))}-{id(client)}"
    customer.register(name, "correct horse battery")
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/users-db-0"
    client.request("DELETE", path)
    playbook("site").succeeded()
    shop_client.wait_until_open(customer, 30)
    assert customer.login(name, "correct horse battery")


@pytest.mark.parametrize("inventory", ["kind", "minikube", "staging", "production"])
def test_every_inventory_can_be_planned(inventory: str, tmp_path: Path) -> None:
    """Without a cluster, but with everything that resolve can know."""
    playbook("plan", inventory=inventory, variables={"plan_dir": str(tmp_path)}).succeeded()
    objects: list[Any] = list(yaml.safe_load_all((tmp_path / "shop" / "objects.yaml").read_text()))
    kinds = [item["kind"] for item in objects]  # a Job prepares each database, one migrates it
    databases, prepared = ("Cluster", 0) if inventory == "production" else ("StatefulSet", 3)
    assert (kinds.count(databases), kinds.count("Deployment")) == (3, 4)
    assert kinds.count("Job") == 3 + prepared
    findings = json.loads((tmp_path / "shop" / "findings.json").read_text())
    placeholders = inventory in ("staging", "production")
    assert {one["id"] for one in findings} == ({"placeholder"} if placeholders else set())
