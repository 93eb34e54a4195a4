# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stack no longer has goes, once the roll-out is healthy and not before."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook
from tests.e2e.seeing import exists
from tests.e2e.small import namespace_of

SPARE: dict[str, Any] = {
    "image": "shop",
    "args": ["users", "serve"],
    "ports": {"http": 3001},
    "health": {"port": "http", "live": "/healthz", "ready": "/healthz?ready=1"},
    "env": {
        "PORT": "3001",
        "DATABASE_URL": "${users_db.url}",
        "JWT_SECRET": "${secrets.auth.jwt_secret}",
        "ADMIN_USERNAME": "admin",
        "ADMIN_PASSWORD": "${secrets.admin.password}",
    },
}
BROKEN = {"users": {"command": ["/nothing/here"]}}


def spare(namespace: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/deployments/spare"


def gone(client: Client, path: str, timeout_s: float = 60) -> None:
    """Wait until an object that is deleted has gone, which its pods delay."""
    deadline = time.monotonic() + timeout_s
    while exists(client, path):
        assert time.monotonic() < deadline, f"{path} is still there"
        time.sleep(0.5)


def test_what_is_gone_from_the_stack_is_pruned(small: Variables, client: Client) -> None:
    with_spare, without = small(structural=True, workloads={"spare": SPARE}), small()
    path = spare(namespace_of(without))
    playbook("site", variables=with_spare).succeeded()
    rehearsed = playbook("site", "--check", variables=without).succeeded()
    assert "would delete Deployment spare" in rehearsed.output
    assert exists(client, path)
    run = playbook("site", variables=without).succeeded()
    assert "deleted Deployment spare" in run.output
    assert run.changed == rehearsed.changed
    gone(client, path)
    assert playbook("site", variables=without).succeeded().changed == 0


@pytest.mark.parametrize("forced", ["0", "1"], ids=["", "handlers forced"])
def test_not_before_the_roll_out_is_healthy(small: Variables, client: Client, forced: str) -> None:
    playbook("site", variables=small(structural=True, workloads={"spare": SPARE})).succeeded()
    environment = {"ANSIBLE_FORCE_HANDLERS": forced}
    broken = playbook(
        "site", variables=small(structural=True, workloads=BROKEN), environment=environment
    )
    assert "/nothing/here" in broken.refused()
    assert exists(client, spare(namespace_of(small())))
    assert "deleted Deployment spare" in playbook("site", variables=small()).succeeded().output
