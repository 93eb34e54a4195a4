# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that a provider keeps, by the External Secrets of `python3 cluster addons`."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.acceptance.live.alone import (
    SMALL,
    STORES,
    Alone,
    alone,
    need_addon,
    says,
    store,
)
from tests.acceptance.live.deployed import eventually
from tests.e2e.running import TIMEOUT_S, read_until, started
from tests.e2e.seeing import cluster

OPERATOR = "/apis/apps/v1/namespaces/external-secrets/deployments/external-secrets"
MERGE = "application/merge-patch+json"
KEPT = {"prod/stripe_secret_key": "sk-1", "prod/stripe_webhook_secret": "wh-1"}
REMOTE = {"secret_key": "prod/stripe_secret_key", "webhook_secret": "prod/stripe_webhook_secret"}


@contextmanager
def starter(kept: dict[str, str]) -> Iterator[Alone]:
    """Give the starter a namespace; its Stripe secrets come from a store that keeps `kept`."""
    need_addon("external-secrets", STORES)
    data = [{"key": key, "value": value} for key, value in kept.items()]
    with store({"fake": {"data": data}}) as name:
        eventually(
            lambda: says(cluster().request("GET", f"{STORES}/{name}"), "Ready") == "True", name, 180
        )
        where = {"kind": "ClusterSecretStore", "name": name}
        stripe = {"driver": "external-secrets", "store": where, "remote": REMOTE}
        single = {"scale": {"replicas": 1}, **SMALL}
        with alone(
            "starter",
            sites={"app": {"host": "starter-fetched.localhost"}},
            secrets={"stripe": stripe},
            datastores={"starter_db": {"version": "15", **SMALL}, "cache": SMALL},
            workloads={"api": single, "web": single},
        ) as system:
            yield system


def run_operators(number: int) -> None:
    """Run none or one pod of the operator; wait until it is so."""
    client = cluster()
    client.request("PATCH", OPERATOR, body={"spec": {"replicas": number}}, content_type=MERGE)
    eventually(
        lambda: client.request("GET", OPERATOR)["status"].get("readyReplicas", 0) == number,
        f"{number} operators",
        180,
    )


def deployments(system: Alone) -> list[str]:
    """Return the names of the Deployments that are there."""
    found = system.get("apps/v1", "deployments")["items"]
    return [one["metadata"]["name"] for one in found]


def fetched(system: Alone) -> dict[str, str]:
    """Return the values of the Secret that the operator makes."""
    data: dict[str, Any] = system.get("v1", "secrets/stripe")["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def test_st_7_the_roll_out_waits_for_the_operator() -> None:
    with starter(KEPT) as system:
        run_operators(0)
        try:
            with started("site", variables=system.variables()) as process:
                read_until(process, "done, waiting for ExternalSecret stripe")
                assert not deployments(system)
                run_operators(1)
                output, _ = process.communicate(timeout=TIMEOUT_S)
            assert process.returncode == 0, output
        finally:
            run_operators(1)
        assert fetched(system) == {"secret_key": "sk-1", "webhook_secret": "wh-1"}
        assert set(deployments(system)) == {"api", "web"}


def test_st_7_a_key_that_is_missing_stops_the_roll_out() -> None:
    lacking = {key: value for key, value in KEPT.items() if "webhook" not in key}
    with starter(lacking) as system:
        said = system.site().refused()
        assert "ExternalSecret" in said
        assert "prod/stripe_webhook_secret" in said
        assert not deployments(system)
