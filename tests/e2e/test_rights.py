# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployer who may do everything but one kind, and a stack behind a plain Ingress."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook
from tests.e2e.seeing import KUBECONFIG
from tests.e2e.small import converges, namespace_of, works

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"
ALL_BUT_ROUTES = ["", "apps", "batch", "coordination.k8s.io", "policy"]


@pytest.fixture
def deployer(client: Client, tmp_path: Path) -> Iterator[Callable[[list[str]], str]]:
    """Return a callable: the kubeconfig of a new account that may do all in these API groups."""
    name = f"deployer-{uuid.uuid4().hex[:8]}"
    yield lambda groups: _kubeconfig(client, name, groups, tmp_path / "config")
    client.request("DELETE", f"{RBAC}/clusterrolebindings/{name}")
    client.request("DELETE", f"{RBAC}/clusterroles/{name}")
    client.request("DELETE", f"{ACCOUNTS}/{name}")


def _kubeconfig(client: Client, name: str, groups: list[str], path: Path) -> str:
    metadata = {"metadata": {"name": name}}
    rule = {"apiGroups": groups, "resources": ["*"], "verbs": ["*"]}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "default"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}
    binding = {**metadata, "roleRef": role, "subjects": [subject]}
    client.request("POST", ACCOUNTS, body=metadata)
    client.request("POST", f"{RBAC}/clusterroles", body={**metadata, "rules": [rule]})
    client.request("POST", f"{RBAC}/clusterrolebindings", body=binding)
    token = client.request("POST", f"{ACCOUNTS}/{name}/token", body={"spec": {}})
    config = yaml.safe_load(KUBECONFIG.read_text())
    config["users"][0]["user"] = {"token": token["status"]["token"]}
    path.write_text(yaml.safe_dump(config))
    return str(path)


def test_no_permission_for_one_kind(small: Variables, deployer: Callable[[list[str]], str]) -> None:
    """It is named, everything before it stands, and a run with the right mends it."""
    variables = small()
    limited = {**variables, "stack_kubeconfig": deployer(ALL_BUT_ROUTES)}
    message = playbook("site", variables=limited).refused()
    assert "No permission" in message
    assert 'resource "httproutes"' in message
    assert f'namespace "{namespace_of(variables)}"' in message
    converges(variables)


def test_permission_for_every_kind_suffices(
    small: Variables, deployer: Callable[[list[str]], str]
) -> None:
    """The negative control: the same account with one API group more."""
    groups = [*ALL_BUT_ROUTES, "gateway.networking.k8s.io"]
    converges({**small(), "stack_kubeconfig": deployer(groups)})


def test_a_plain_ingress_instead_of_a_gateway(small: Variables, client: Client) -> None:
    variables: dict[str, Any] = small(ingress={"driver": "ingress", "class": "contour"})
    converges(variables)
    works(variables)
    networking = f"/apis/networking.k8s.io/v1/namespaces/{namespace_of(variables)}/ingresses"
    (ingress,) = client.request("GET", networking)["items"]
    assert ingress["spec"]["ingressClassName"] == "contour"
