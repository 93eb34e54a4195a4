# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets by driver, and what the External Secrets operator is asked to make."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.models.test_models import objects, pod_specs

STORE = {"kind": "ClusterSecretStore", "name": "vault"}


@pytest.fixture
def fetched(document: dict[str, Any]) -> dict[str, Any]:
    """Return a stack whose one group is fetched."""
    document["secrets"]["auth"].update(
        driver="external-secrets", store=STORE, remote={"jwt_secret": "shop/auth#jwt"}
    )
    return document


def spec(document: dict[str, Any], name: str) -> Any:
    """Return the spec of an ExternalSecret."""
    return objects(document, "infra")["ExternalSecret", name]["spec"]


def test_given_and_generated(document: dict[str, Any]) -> None:
    document["secrets"]["auth"].update(map={"jwt_secret": "JWT"}, length=64, secret="my-auth")
    secret = objects(document, "infra")["Secret", "my-auth"]
    assert secret["stringData"] == {"JWT": "${generate:64}"}
    document["secrets"]["auth"]["driver"] = "given"
    secret = objects(document, "infra")["Secret", "my-auth"]
    assert secret["stringData"] == {"JWT": "${given:auth.jwt_secret}"}


def test_an_existing_one_is_left_alone(document: dict[str, Any]) -> None:
    document["secrets"]["auth"]["driver"] = "existing"
    assert ("Secret", "auth") not in objects(document, "infra")


def test_the_operator_fetches_a_group(fetched: dict[str, Any]) -> None:
    assert spec(fetched, "auth") == {
        "refreshInterval": "3600s",
        "secretStoreRef": STORE,
        "target": {"name": "auth", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": "jwt_secret", "remoteRef": {"key": "shop/auth", "property": "jwt"}}],
    }
    assert ("Secret", "auth") not in objects(fetched, "infra")


def test_the_operator_composes_what_is_made_of_fetched_values(fetched: dict[str, Any]) -> None:
    fetched["composed"] = {
        "users-api-env": {"URL": "https://u:${urlencode:auth/jwt_secret}@x/{{y", "ALL": "no secret"}
    }
    found = spec(fetched, "users-api-env")
    assert found["target"]["template"]["data"] == {
        "URL": 'https://u:{{ .value_0 | urlquery | replace "+" "%20" }}@x/{{ "{{" }}y',
        "ALL": "no secret",
    }
    assert [entry["secretKey"] for entry in found["data"]] == ["value_0"]


def test_what_is_partly_made_here_is_composed_here(fetched: dict[str, Any]) -> None:
    text = "${key:auth/jwt_secret}:${key:users-db/password}"
    fetched["composed"] = {"users-api-env": {"BOTH": text}}
    assert objects(fetched, "infra")["Secret", "users-api-env"]["stringData"] == {"BOTH": text}


def test_images_are_pulled_with_secrets_by_every_account(document: dict[str, Any]) -> None:
    document["pull_secrets"] = ["registry"]
    for role in ("infra", "workloads"):
        for key, one in objects(document, role).items():
            if key[0] == "ServiceAccount":
                assert one["imagePullSecrets"] == [{"name": "registry"}]
    assert all("imagePullSecrets" not in pod for pod in pod_specs(document))
