# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster lacks is named before anything is changed, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.acceptance.live.alone import (
    STORES,
    Alone,
    alone,
    need_addon,
    says,
    store,
)
from tests.acceptance.live.deployed import eventually
from tests.acceptance.live.lacking import Change, groups, seen_with, version
from tests.e2e.running import ROOT, playbook
from tests.e2e.seeing import exists

ISSUERS = "/apis/cert-manager.io/v1/clusterissuers"
EVERY = ("keda.sh", "cert-manager.io", "external-secrets.io")
TRIGGER = {"type": "cron", "metadata": {"timezone": "UTC", "desiredReplicas": "1"}}


@pytest.fixture
def philotes() -> Iterator[Alone]:
    """The production's way of scaling the worker: by KEDA."""
    scale = {"min": 1, "max": 1, "triggers": {"lag": TRIGGER}}
    site = {"philotes": {"host": "philotes-lacking.localhost"}}
    with alone("philotes", sites=site, workloads={"worker": {"scale": scale}}) as system:
        yield system


@pytest.fixture
def starter() -> Iterator[Alone]:
    """The starter as production has it, but for the Secret of its database, which somebody made."""
    host = ROOT / "inventories" / "production" / "host_vars" / "starter.yml"
    environment = yaml.safe_load(host.read_text())["stack_env"]
    del environment["namespace"], environment["secrets"]["database"]
    with alone("starter", ingress={"driver": "ingress", "class": "nginx"}, **environment) as system:
        yield system


def refused(
    system: Alone, folder: Path, changes: Mapping[str, Change], **environment: object
) -> str:
    """Run site.yml on a cluster that lacks something; returns what it says, on one line.

    Nothing may have been changed.
    """
    with seen_with(system.client, changes, folder) as kubeconfig:
        variables = {**system.variables(**environment), "stack_kubeconfig": str(kubeconfig)}
        said = playbook("site", variables=variables).refused()
    assert "The cluster lacks what the objects need" in said
    assert not exists(system.client, f"/api/v1/namespaces/{system.namespace}")
    return said


def test_ph_8_a_missing_keda_is_named(philotes: Alone, tmp_path: Path) -> None:
    said = refused(philotes, tmp_path, groups("keda.sh"))
    assert "does not serve ScaledObject of keda.sh/v1alpha1" in said
    assert "install KEDA first" in said


def test_st_24_every_gap_is_named_at_once(starter: Alone, tmp_path: Path) -> None:
    said = refused(starter, tmp_path, {**groups(*EVERY), **version("26")})
    for words in (
        "The API server is v1.26.0; 1.27 or newer is needed.",
        "ExternalSecret of external-secrets.io/v1. Correct the object, or install External Secrets",
        "Certificate of cert-manager.io/v1. Correct the object, or install cert-manager first.",
        "needs IngressClass nginx, which does not exist. There is: contour.",
        f"needs Secret api-tls in namespace {starter.namespace}, which does not exist.",
        f"needs Secret starter-database in namespace {starter.namespace}, which does not exist.",
    ):
        assert words in said, words


def test_st_24_a_store_that_does_not_exist(starter: Alone, tmp_path: Path) -> None:
    need_addon("external-secrets", STORES)
    said = refused(starter, tmp_path, {})
    assert "needs ClusterSecretStore platform-secrets, which does not exist." in said


def test_st_24_a_store_that_is_not_ready(starter: Alone, tmp_path: Path) -> None:
    need_addon("external-secrets", STORES)
    nobody = {"serviceAccount": {"name": "nobody", "namespace": "default"}}
    with store({"kubernetes": {"remoteNamespace": "default", "auth": nobody}}) as name:
        path = f"{STORES}/{name}"
        eventually(lambda: says(starter.client.request("GET", path), "Ready") == "False", name, 180)
        used = {"secrets": {"store": {"kind": "ClusterSecretStore", "name": name}}}
        said = refused(starter, tmp_path, {}, defaults=used)
    assert f"needs ClusterSecretStore {name}, which is not Ready: " in said


def test_st_24_an_issuer_that_does_not_exist(starter: Alone, tmp_path: Path) -> None:
    need_addon("cert-manager", ISSUERS)
    said = refused(starter, tmp_path, {})
    assert "needs ClusterIssuer letsencrypt, which does not exist. There is: selfsigned." in said


def test_st_24_an_issuer_that_is_not_ready(starter: Alone, tmp_path: Path) -> None:
    need_addon("cert-manager", ISSUERS)
    client, name = starter.client, f"{starter.namespace}-signer"
    body = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": name},
        "spec": {"ca": {"secretName": "nowhere"}},
    }
    client.request("POST", ISSUERS, body=body)
    path = f"{ISSUERS}/{name}"
    try:
        eventually(lambda: says(client.request("GET", path), "Ready") == "False", name, 180)
        said = refused(starter, tmp_path, {}, sites={"app": {"tls": {"issuer": name}}})
    finally:
        client.request("DELETE", path)
    assert f"needs ClusterIssuer {name}, which is not Ready: " in said
