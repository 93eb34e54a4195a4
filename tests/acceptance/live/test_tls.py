# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS at the Ingress, with certificates by the cert-manager of `python3 cluster addons`."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.acceptance.live.alone import SMALL, Alone, alone, need_addon, says
from tests.acceptance.live.deployed import eventually
from tests.acceptance.live.exposed import SYSTEM, Entrance, https
from tests.e2e.seeing import cluster

ISSUER = "/apis/cert-manager.io/v1/clusterissuers/selfsigned"
HOST, API_HOST = "starter-tls.localhost", "api.starter-tls.localhost"


@pytest.fixture(scope="module")
def starter() -> Iterator[Alone]:
    """Deploy the starter behind an Ingress, its API under a host of its own, too."""
    need_addon("cert-manager", ISSUER)
    single = {"scale": {"replicas": 1}, **SMALL}
    listed = "${routes.web.host},${routes.api_host.host},${api.host}"
    with alone(
        "starter",
        ingress={"driver": "ingress", "class": "contour", "scheme": "https", "port": 443},
        sites={
            "app": {"host": HOST, "tls": {"issuer": "selfsigned"}},
            "api": {"host": API_HOST, "tls": {"issuer": "selfsigned"}},
        },
        routes={"api_host": {"enabled": True}},
        config={"api": {"ALLOWED_HOSTS": listed}},
        datastores={"starter_db": {"version": "15", **SMALL}, "cache": SMALL},
        workloads={"api": single, "web": single},
    ) as system:
        # verify asks the address of the inventory, where no TLS is.
        system.site("--skip-tags", "verify").succeeded()
        yield system


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """Have Envoy listen for TLS: Contour lets it only where the Gateway has such a listener."""
    folder = tmp_path_factory.mktemp("tls")
    with https(cluster(), SYSTEM, {"tests-tls": "tests-tls.localhost"}, folder) as found:
        yield found


def authority(system: Alone, secret: str, folder: Path) -> Path:
    """Write down who signed the certificate in a Secret."""
    data = system.get("v1", f"secrets/{secret}")["data"]
    path = folder / f"{secret}.crt"
    path.write_bytes(base64.b64decode(data["ca.crt"]))
    return path


def ask(way: Entrance, host: str, path: str, trusted: Path) -> urllib3.BaseHTTPResponse:
    """Ask a host through the Ingress, by HTTPS, its certificate checked for its name."""
    with urllib3.HTTPSConnectionPool(
        way.address, way.port, server_hostname=host, assert_hostname=host, ca_certs=str(trusted)
    ) as pool:
        return pool.request("GET", path, headers={"Host": host}, timeout=10)


def answers(way: Entrance, host: str, path: str, trusted: Path) -> bool:
    """Say whether it is answered well; Envoy needs an instant to open its port."""
    try:
        return ask(way, host, path, trusted).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@pytest.mark.parametrize("path", ["/", "/api/health"])
def test_st_4_the_ingress_serves_tls(
    starter: Alone, entrance: Entrance, tmp_path: Path, path: str
) -> None:
    trusted = authority(starter, "app-tls", tmp_path)
    eventually(lambda: answers(entrance, HOST, path, trusted), path, 30)


def test_st_4_its_certificate_is_managed(starter: Alone) -> None:
    certificate = starter.get("cert-manager.io/v1", "certificates/app")
    assert certificate["spec"]["dnsNames"] == [HOST]
    assert says(certificate, "Ready") == "True"


def test_st_15_the_api_has_a_host_with_tls_of_its_own(
    starter: Alone, entrance: Entrance, tmp_path: Path
) -> None:
    trusted = authority(starter, "api-tls", tmp_path)
    eventually(lambda: answers(entrance, API_HOST, "/health", trusted), "/health", 30)
    with pytest.raises(urllib3.exceptions.MaxRetryError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(entrance, API_HOST, "/health", authority(starter, "app-tls", tmp_path))
