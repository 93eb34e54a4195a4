# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and no access: one clear message before anything is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import SMALL_STACK, Variables
from tests.e2e.running import playbook
from tests.e2e.seeing import KUBECONFIG, exists
from tests.e2e.small import namespace_of


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


def test_a_wrong_variable_of_a_later_role_is_refused_at_the_start(
    small: Variables, client: Client
) -> None:
    variables = small()
    wrong = {"infra_timeout": "soon", "verify_timeout": []}
    message = playbook("site", variables={**variables, **wrong}).refused()
    assert "argument 'infra_timeout' is of type str" in message
    assert "argument 'verify_timeout' is of type list" in message
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
