# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server accepts what is rendered: a dry run, strict about unknown fields."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import run as apply
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect

from tests.acceptance.systems import INVENTORIES, system

GIVEN = {"auth": {"jwt_secret": "j" * 32}, "catalog": {"encryption_key": "e" * 32}}
# Kinds that the cluster need not have.
OPTIONAL = {"ScaledObject", "TriggerAuthentication", "ServiceMonitor", "Certificate"}


@pytest.fixture
def namespace(kubeconfig: str) -> Iterator[str]:
    client = connect({"kubeconfig": kubeconfig})
    name = f"acceptance-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    client.request("POST", "/api/v1/namespaces", body=body)
    yield name
    client.request("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def kubeconfig(checkout: Path) -> str:
    path = checkout / ".cluster" / "kubeconfig"
    if not path.exists():
        pytest.skip("there is no cluster: run `make cluster`")
    return str(path)


@pytest.mark.parametrize("tier", INVENTORIES)
def test_ph_23_a_dry_run_accepts_every_object(kubeconfig: str, namespace: str, tier: str) -> None:
    rendered = system("philotes", tier, f"namespace: {namespace}")
    objects = [one for one in rendered.objects if one["kind"] not in OPTIONAL]
    assert len(objects) > 20
    options = {
        "kubeconfig": kubeconfig,
        "namespace": namespace,
        "objects": objects,
        "secret_values": GIVEN,
    }
    result = apply.run(options, check=True, report=lambda _line: None)
    assert not result.get("failed"), result.get("msg")
    assert len(result["resources"]) == len(objects)
