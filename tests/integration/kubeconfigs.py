# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubeconfigs of all kinds, made from the one of the cluster."""

from __future__ import annotations

import copy

import pytest
import yaml


class Kubeconfigs:
    """Makes kubeconfig files with other users, servers and contexts."""

    def __init__(self, kubeconfig, folder):
        self._config = yaml.safe_load(kubeconfig.read_text())
        self._folder = folder
        self._count = 0

    @property
    def cluster(self):
        (entry,) = self._config["clusters"]
        return entry["cluster"]

    @property
    def users(self):
        """Credentials of the entries of the original file."""
        return [entry["user"] for entry in self._config["users"]]

    def write(self, *, user=None, cluster=None, context=None):
        """user: replaces the credentials; cluster, context: change the entries."""
        config = copy.deepcopy(self._config)
        if user is not None:
            config["users"][0]["user"] = user
        config["clusters"][0]["cluster"] |= cluster or {}
        config["contexts"][0]["context"] |= context or {}
        self._count += 1
        path = self._folder / f"kubeconfig-{self._count}"
        path.write_text(yaml.safe_dump(config))
        return path


@pytest.fixture
def kubeconfigs(kubeconfig, tmp_path):
    return Kubeconfigs(kubeconfig, tmp_path)


@pytest.fixture
def token(client, namespace):
    """Callable: a token of a fresh ServiceAccount that may do all with these resources."""

    def make(*resources):
        base = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
        client.request("POST", base, body={"metadata": {"name": "deployer"}})
        verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
        groups = ["", "rbac.authorization.k8s.io"]
        rule = {"apiGroups": groups, "resources": list(resources), "verbs": verbs}
        client.request("POST", f"{rbac}/roles", body={"metadata": {"name": "r"}, "rules": [rule]})
        subject = {"kind": "ServiceAccount", "name": "deployer", "namespace": namespace}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}
        binding = {"metadata": {"name": "b"}, "roleRef": role, "subjects": [subject]}
        client.request("POST", f"{rbac}/rolebindings", body=binding)
        answer = client.request("POST", f"{base}/deployer/token", body={"spec": {}})
        return answer["status"]["token"]

    return make


@pytest.fixture
def restricted(kubeconfigs, token):
    """Callable: the kubeconfig of such a ServiceAccount."""
    return lambda *resources: kubeconfigs.write(user={"token": token(*resources)})
