# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: the cluster, the deployed shop, and room for a small stack."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.running import ROOT, Run, playbook
from tests.e2e.seeing import cluster

SMALL_STACK = ROOT / "tests" / "e2e" / "stacks" / "users.yml"


@pytest.fixture(scope="session")
def client() -> Client:
    """Return a client for the cluster of ``make cluster``."""
    return cluster()


@pytest.fixture(scope="session")
def shop() -> Run:
    """Deploy the shop as the README says, once for all tests."""
    return playbook("site").succeeded()


@pytest.fixture(scope="session")
def registry() -> str:
    """Return the name of a registry that answers, and has no image."""
    subprocess.run([sys.executable, "cluster", "registry"], cwd=ROOT, check=True)
    return "registry.test:5000"


Variables = Callable[..., dict[str, Any]]


@pytest.fixture
def small(client: Client) -> Iterator[Variables]:
    """Return the variables that deploy the small stack into a namespace of its own."""
    with a_small_stack(client) as variables:
        yield variables


@contextmanager
def a_small_stack(client: Client) -> Iterator[Variables]:
    """Give the variables that deploy the small stack into a namespace of its own.

    Keyword arguments are merged into its environment. The namespace is deleted afterwards.
    """
    namespace = f"users-{uuid.uuid4().hex[:8]}"

    def variables(**environment: Any) -> dict[str, Any]:
        sites = {"users": {"host": f"{namespace}.localhost"}}
        settings = {"namespace": namespace, "sites": sites, **environment}
        return {"stack_file": str(SMALL_STACK), "stack_env": settings}

    try:
        yield variables
    finally:
        path = f"/api/v1/namespaces/{namespace}"
        if any(
            item["metadata"]["name"] == namespace
            for item in client.request("GET", "/api/v1/namespaces")["items"]
        ):
            client.request("DELETE", path)
