# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS at the Ingress, with certificates by the cert-manager of `python3 cluster addons`."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from tests.acceptance.live.alone import Alone, alone, eventually, need_addon, says
from tests.e2e.running import ROOT
from tests.e2e.seeing import KUBECONFIG, cluster

ISSUER = "/apis/cert-manager.io/v1/clusterissuers/selfsigned"
HOST, API_HOST = "starter-tls.localhost", "api.starter-tls.localhost"
ENVOY_TLS = 8443  # kind leads only to the port of plain HTTP
# They run beside the five systems, on a node of two cores.
SMALL = {"resources": {"requests": {"cpu": "1m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}}


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
def port() -> Iterator[int]:
    """Lead a port of this machine to Envoy's for TLS."""
    client = cluster()
    pods = client.request("GET", "/api/v1/namespaces/gateway-system/pods")["items"]
    (envoy,) = [pod for pod in pods if pod["metadata"]["name"].startswith("envoy")]
    with forwarded(f"pod/{envoy['metadata']['name']}") as found:
        yield found


@contextmanager
def forwarded(target: str) -> Iterator[int]:
    """Run kubectl port-forward to the port for TLS; gives the one of this machine."""
    kubectl = ROOT / ".cluster" / "bin" / "kubectl"
    command = [str(kubectl), "--kubeconfig", str(KUBECONFIG), "-n", "gateway-system"]
    command += ["port-forward", target, f":{ENVOY_TLS}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        match = re.search(r"127\.0\.0\.1:(\d+)", said)
        assert match, said
        yield int(match[1])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def authority(system: Alone, secret: str, folder: Path) -> Path:
    """Write down who signed the certificate in a Secret."""
    data = system.get("v1", f"secrets/{secret}")["data"]
    path = folder / f"{secret}.crt"
    path.write_bytes(base64.b64decode(data["ca.crt"]))
    return path


def ask(port: int, host: str, path: str, trusted: Path) -> urllib3.BaseHTTPResponse:
    """Ask a host through the Ingress, by HTTPS, its certificate checked for its name."""
    with urllib3.HTTPSConnectionPool(
        "127.0.0.1", port, server_hostname=host, assert_hostname=host, ca_certs=str(trusted)
    ) as pool:
        return pool.request("GET", path, headers={"Host": host}, timeout=10)


@pytest.mark.parametrize("path", ["/", "/api/health"])
def test_st_4_the_ingress_serves_tls(starter: Alone, port: int, tmp_path: Path, path: str) -> None:
    trusted = authority(starter, "app-tls", tmp_path)
    eventually(lambda: ask(port, HOST, path, trusted).status == 200, path, 30)


def test_st_4_its_certificate_is_managed(starter: Alone) -> None:
    certificate = starter.get("cert-manager.io/v1", "certificates/app")
    assert certificate["spec"]["dnsNames"] == [HOST]
    assert says(certificate, "Ready") == "True"


def test_st_15_the_api_has_a_host_with_tls_of_its_own(
    starter: Alone, port: int, tmp_path: Path
) -> None:
    trusted = authority(starter, "api-tls", tmp_path)
    eventually(lambda: ask(port, API_HOST, "/health", trusted).status == 200, "/health", 30)
    with pytest.raises(urllib3.exceptions.MaxRetryError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(port, API_HOST, "/health", authority(starter, "app-tls", tmp_path))
