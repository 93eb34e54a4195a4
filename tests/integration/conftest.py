# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real cluster for integration tests: a client, a fresh namespace, ansible-playbook.

A missing cluster fails the tests; `make cluster` brings it up.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.kubeconfigs import kubeconfigs, restricted, token
from tests.integration.playbook import PlaybookRunner

__all__ = ["kubeconfigs", "restricted", "token"]


@pytest.fixture(scope="session")
def kubeconfig(checkout) -> Path:
    """The file that SLIPWAY_KUBECONFIG names, else the one of `make cluster`."""
    path = Path(os.environ.get("SLIPWAY_KUBECONFIG") or checkout / ".cluster" / "kubeconfig")
    if not path.exists():
        pytest.fail(f"{path} does not exist: run `make cluster`, or set SLIPWAY_KUBECONFIG")
    return path


@pytest.fixture(scope="session")
def client(kubeconfig):
    """A connected Client with all permissions."""
    api = connect({"kubeconfig": str(kubeconfig)})
    api.request("GET", "/version")
    return api


@pytest.fixture(scope="session")
def make_namespaces(client):
    """A context: gives a callable that makes fresh, empty namespaces; deletes them at its end."""

    @contextmanager
    def manager():
        made = []

        def make():
            made.append(free_name())
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": made[-1]}}
            client.request("POST", "/api/v1/namespaces", body=body)
            return made[-1]

        try:
            yield make
        finally:
            for name in made:
                delete_namespace(client, name)

    return manager


@pytest.fixture
def namespace(make_namespaces):
    """A fresh, empty namespace; deleted afterwards without waiting for its end."""
    with make_namespaces() as fresh:
        yield fresh()


@pytest.fixture
def absent_namespace(client):
    """The name of a namespace that does not exist yet; deleted afterwards if it was made."""
    name = free_name()
    yield name
    delete_namespace(client, name)


@pytest.fixture(scope="session")
def make_playbook_runner(checkout, kubeconfig):
    """Callable: a PlaybookRunner that works in the folder."""
    return lambda folder: PlaybookRunner(checkout=checkout, kubeconfig=kubeconfig, folder=folder)


@pytest.fixture
def playbook(make_playbook_runner, tmp_path) -> PlaybookRunner:
    """Runs the text of a playbook with this collection against the cluster."""
    return make_playbook_runner(tmp_path)


def free_name() -> str:
    return f"test-{secrets.token_hex(4)}"


def delete_namespace(client, name: str) -> None:
    try:
        client.request("DELETE", f"/api/v1/namespaces/{name}")
    except ApiError as error:
        if error.status != 404:
            raise


@pytest.fixture
def eventually():
    """Poll `check` until it returns something true; its last answer is the failure's evidence."""

    def poll(check, *, within_s=30.0, every_s=0.2):
        deadline = time.monotonic() + within_s
        while not (answer := check()):
            if time.monotonic() > deadline:
                pytest.fail(f"still {answer!r} after {within_s:.0f} s")
            time.sleep(every_s)
        return answer

    return poll
