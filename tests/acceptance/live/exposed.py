# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS for a system, as a platform provides it: certificates, listeners of the Gateway, a way in.

The cluster's own Gateway has a listener for HTTP alone. Everything made here goes again.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.acceptance.live.visitor import Visitor

SYSTEM = "gateway-system"
GATEWAY = f"/apis/gateway.networking.k8s.io/v1/namespaces/{SYSTEM}/gateways/shared"
SERVICES = f"/api/v1/namespaces/{SYSTEM}/services"
ENVOY_PORT = 8443  # Contour has Envoy listen at the listener's port + 8000
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where HTTPS is answered, and a file with the certificates to trust."""

    address: str
    port: int
    trusted: Path

    def visitor(self, host: str) -> Visitor:
        """Return somebody who comes this way."""
        return Visitor(host, (self.address, self.port), self.trusted)


@contextmanager
def https(
    client: Client, namespace: str, hosts: Mapping[str, str], folder: Path
) -> Iterator[Entrance]:
    """Have the Gateway offer HTTPS with the Secrets of a namespace; hosts: by Secret.

    The listeners name the Secrets, and are of no use until a ReferenceGrant allows that.
    """
    secrets = f"/api/v1/namespaces/{namespace}/secrets"
    for name, host in hosts.items():
        client.request("POST", secrets, body=_secret(name, *_certificate(host, folder)))
    service = client.request("POST", SERVICES, body=_service(namespace))
    _listen(client, namespace, _listeners(namespace, hosts))
    trusted = folder / "trusted.pem"
    trusted.write_text("".join((folder / f"{host}.crt").read_text() for host in hosts.values()))
    try:
        yield Entrance(_node(client), service["spec"]["ports"][0]["nodePort"], trusted)
    finally:
        _listen(client, namespace, [])
        client.request("DELETE", f"{SERVICES}/{service['metadata']['name']}")
        for name in hosts:
            client.request("DELETE", f"{secrets}/{name}")


def _certificate(host: str, folder: Path) -> tuple[bytes, bytes]:
    """Make a self-signed certificate and its key."""
    paths = folder / f"{host}.crt", folder / f"{host}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", f"/CN={host}"]
    command += ["-addext", f"subjectAltName=DNS:{host}", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True)
    return paths[0].read_bytes(), paths[1].read_bytes()


def _secret(name: str, certificate: bytes, key: bytes) -> Object:
    data = {"tls.crt": certificate, "tls.key": key}
    return {
        "metadata": {"name": name},
        "type": "kubernetes.io/tls",
        "data": {name: base64.b64encode(value).decode() for name, value in data.items()},
    }


def _service(namespace: str) -> Object:
    """Return a Service that leads to Envoy from outside: the node maps port 80 alone."""
    ports = [{"name": "https", "port": 443, "targetPort": ENVOY_PORT}]
    spec = {"type": "NodePort", "selector": {"app": "envoy"}, "ports": ports}
    return {"metadata": {"name": f"https-{namespace}"}, "spec": spec}


def _listeners(namespace: str, hosts: Mapping[str, str]) -> list[Object]:
    """Return a listener for each Secret.

    Contour takes a host off HTTP for as long as a listener of its name is not valid. A lone one
    needs no name.
    """
    names = [{"hostname": host} for host in hosts.values()] if len(hosts) > 1 else [{}]
    return [_listener(namespace, *one) for one in zip(hosts, names, strict=True)]


def _listener(namespace: str, secret: str, name: Object) -> Object:
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    return {
        **name,
        "name": f"{namespace}-{secret}",
        "protocol": "HTTPS",
        "port": 443,
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": selector}},
        "tls": {
            "mode": "Terminate",
            "certificateRefs": [{"namespace": namespace, "name": secret}],
        },
    }


def _listen(client: Client, namespace: str, listeners: list[Object]) -> None:
    """Have exactly these listeners of ours; those of others stay."""
    spec = {"gatewayClassName": "contour", **({"listeners": listeners} if listeners else {})}
    client.request(
        "PATCH",
        GATEWAY,
        query={"fieldManager": f"tests-of-{namespace}"},
        body={
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {"name": "shared"},
            "spec": spec,
        },
        content_type="application/apply-patch+yaml",
    )


def _node(client: Client) -> str:
    (node, *_) = client.request("GET", "/api/v1/nodes")["items"]
    return next(
        str(one["address"]) for one in node["status"]["addresses"] if one["type"] == "InternalIP"
    )
