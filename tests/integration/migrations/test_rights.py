# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployer without rights is told which ones, before a Job exists."""

from __future__ import annotations

import base64

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front

from tests.integration.migrations.test_migration_gate import migration

RBAC = "apis/rbac.authorization.k8s.io/v1"


@pytest.fixture
def poor(client, kubeconfig, namespace, tmp_path):
    """Connection options of a ServiceAccount that may only read."""
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    client.request("POST", account, body=_object("v1", "ServiceAccount", "poor"))
    role = _object("rbac.authorization.k8s.io/v1", "Role", "read") | {
        "rules": [{"apiGroups": ["", "batch"], "resources": ["*"], "verbs": ["get", "list"]}]
    }
    client.request("POST", f"/{RBAC}/namespaces/{namespace}/roles", body=role)
    binding = _object("rbac.authorization.k8s.io/v1", "RoleBinding", "read") | {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "read"},
        "subjects": [{"kind": "ServiceAccount", "name": "poor", "namespace": namespace}],
    }
    client.request("POST", f"/{RBAC}/namespaces/{namespace}/rolebindings", body=binding)
    token = client.request(
        "POST",
        f"{account}/poor/token",
        body=_object("authentication.k8s.io/v1", "TokenRequest", "") | {"spec": {}},
    )
    host, authority = _server(kubeconfig, tmp_path / "ca.crt")
    return {"host": host, "ca_cert": authority, "api_key": token["status"]["token"]}


def _object(api_version: str, kind: str, name: str) -> dict:
    meta = {"name": name} if name else {}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta}


def _server(kubeconfig, authority):
    (cluster,) = yaml.safe_load(kubeconfig.read_text())["clusters"]
    authority.write_bytes(base64.b64decode(cluster["cluster"]["certificate-authority-data"]))
    return cluster["cluster"]["server"], str(authority)


def refused(poor: dict, namespace: str, meet: str = "") -> str:
    """Return what a deployer without rights is told. meet: the namespace of a shared database."""
    option = migration("true") | {"phase": "pre", "backward_compatible": "unknown", "timeout": 60}
    option["database"] |= {"namespace": meet}
    params = poor | {
        "namespace": namespace,
        "state": "present",
        "lock_wait": 5,
        "baseline": [],
        "rerun": ["migrate_users"],
    }
    result = front.run(params | {"migrations": [option]}, check=False, report=lambda line: None)
    assert result["migrations"][0]["class"] == "refused"
    return str(result["msg"])


def test_every_missing_right_is_named(client, poor, namespace):
    assert connect(poor).request("GET", "/version")["major"] == "1"
    said = refused(poor, namespace)
    for words in (
        f"no permission to create, patch jobs.batch in namespace {namespace}",
        "create, get, update leases.coordination.k8s.io",
        "create configmaps",
        "create secrets",
    ):
        assert words in said
    jobs = client.request("GET", f"/apis/batch/v1/namespaces/{namespace}/jobs")
    assert jobs["items"] == []


def test_the_namespace_of_the_pods_is_looked_at_too(poor, namespace, absent_namespace):
    said = refused(poor, absent_namespace, meet=namespace)
    assert f"create, patch jobs.batch in namespace {namespace}" in said
    assert f"no permission to create, get configmaps in namespace {absent_namespace}" in said
