# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of secrets: names and keys that whoever makes and whoever reads them agree on."""

from __future__ import annotations

from typing import Any

from tests.unit.stack.conftest import Resolve

STACK = """
schema: stack/v1
name: demo
images: {app: {repo: acme/app, tag: "1"}}
secrets: {app: [key, other]}
workloads: {api: {image: app, env: {KEY: "${secrets.app.key}", O: "${secrets.app.other}"}}}
"""


def resolve(resolved: Resolve, environment: str, stack: str = STACK) -> Any:
    """Return the document."""
    result = resolved(stack, f"{{preset: local, {environment}}}")
    assert result.document, [str(one) for one in result.findings]
    return result.document


def test_the_environment_names_the_secret_and_its_keys(resolved: Resolve) -> None:
    said = "secrets: {app: {driver: existing, secret: my-app, map: {key: APP_KEY}}}"
    env = resolve(resolved, said)["workloads"]["api"]["env"]
    assert env == {
        "KEY": {"secret": "my-app", "key": "APP_KEY"},
        "O": {"secret": "my-app", "key": "other"},
    }


def test_a_store_for_all_groups(resolved: Resolve) -> None:
    said = """defaults: {secrets: {driver: external-secrets, store: {kind: SecretStore, name: v}}},
      secrets: {app: {remote: {other: "team/shared#o"}}}"""
    group = resolve(resolved, said)["secrets"]["app"]
    assert group["remote"] == {"key": "demo/app#key", "other": "team/shared#o"}
    assert group["store"] == {"kind": "SecretStore", "name": "v"}


def test_a_store_is_needed(resolved: Resolve) -> None:
    environment = "{preset: local, secrets: {app: {driver: external-secrets}}}"
    (finding,) = resolved(STACK, environment).findings
    assert str(finding).startswith("secrets.app.store: missing")


def test_another_driver_drops_the_store(resolved: Resolve) -> None:
    said = """defaults: {secrets: {driver: external-secrets, store: {kind: SecretStore, name: v}}},
      secrets: {app: {driver: given}}"""
    assert resolve(resolved, said)["secrets"]["app"]["store"] == {}


def test_pull_secrets(resolved: Resolve) -> None:
    stack = STACK.replace('tag: "1"', 'tag: "1", pull_secret: of-app').replace(
        "env: {", 'env: {REGISTRY: "${stack.pull_secret}", '
    )
    document = resolve(resolved, "pull_secrets: [all]", stack)
    assert document["pull_secrets"] == ["all", "of-app"]
    assert document["workloads"]["api"]["env"]["REGISTRY"] == {"value": "all"}


def test_a_program_can_be_told_which_image_it_shall_start(resolved: Resolve) -> None:
    stack = STACK.replace("env: {", 'env: {BUILDER: "${images.app.reference}", ')
    document = resolve(resolved, "images: {app: {tag: '2'}}", stack)
    assert document["workloads"]["api"]["env"]["BUILDER"] == {"value": "acme/app:2"}
