# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Gateway: Contour and Envoy, reached at 127.0.0.1 through the node's port 80.

It is installed once per content: the hash of all manifests is kept on its namespace.
"""

from __future__ import annotations

import urllib.request
from pathlib import Path

from cluster import golang, kube, platform_images, versions
from cluster.cache import digest
from cluster.errors import ClusterError
from cluster.paths import PACKAGE
from cluster.progress import run, step
from cluster.state import State

MANIFESTS = PACKAGE / "manifests" / "gateway"
NAMESPACE = "gateway-system"
SYSTEM = "kube-system"
DNS = "deployment/coredns"
KEY = "slipway.dev/manifests"
READY_HOST = "ready.gateway.localhost"  # HTTPRoute gateway-system/ready
READY_S = 180
TIMEOUT = f"--timeout={READY_S}s"
ENVOY = "50-envoy.yml"


def ensure(state: State) -> bool:
    """Have the Gateway installed and answering; returns whether that took work."""
    key = digest(*(path.read_bytes() for path in manifests()))
    if installed() != key:
        images = [platform_images.contour(), platform_images.envoy()]
        platform_images.ensure_platform(images, state.plan)
        with step("installing the Gateway (Contour and Envoy)"):
            install(key)
    elif answers(state.http_port):
        return False
    with step("waiting for the Gateway"):
        wait(state.http_port)
    return True


def manifests() -> list[Path]:
    """Return the CRDs of Gateway API and Contour from their modules, and our manifests."""
    api = golang.module_folder("sigs.k8s.io/gateway-api", versions.GATEWAY_API)
    contour = golang.module_folder(golang.CONTOUR.module, versions.CONTOUR)
    crds = sorted((api / "config" / "crd" / "standard").glob("gateway*.yaml"))
    return [*crds, contour / "examples" / "contour" / "01-crds.yaml", *sorted(MANIFESTS.iterdir())]


def installed() -> str:
    """Return the hash of the manifests that were installed completely; "" if none were."""
    try:
        return kube.get("namespace", NAMESPACE)["metadata"].get("annotations", {}).get(KEY, "")
    except ClusterError:
        return ""


def install(key: str) -> None:
    """Apply CRDs, then Contour, then Envoy, each when the one before can be used; note the hash.

    An Envoy that does not find Contour at its first look looks again after half a minute; so does
    a CoreDNS that was started before kube-proxy, as in a new cluster.
    """
    roll_out(SYSTEM, "daemonset/kube-proxy")
    run(kube.kubectl("-n", SYSTEM, "rollout", "restart", DNS), log="gateway")
    crds = [path for path in manifests() if path.parent != MANIFESTS]
    kube.apply(*crds, log="gateway")
    names = [part for path in crds for part in ("-f", path)]
    run(kube.kubectl("wait", "--for=condition=Established", "--timeout=60s", *names), log="gateway")
    kube.apply(*(path for path in sorted(MANIFESTS.iterdir()) if path.name < ENVOY), log="gateway")
    roll_out(SYSTEM, DNS)
    roll_out(NAMESPACE, "deployment/contour")
    kube.apply(MANIFESTS, log="gateway")
    run(
        kube.kubectl("annotate", "--overwrite", "namespace", NAMESPACE, f"{KEY}={key}"),
        log="gateway",
    )


def wait(http_port: int) -> None:
    """Wait until Contour and Envoy are rolled out, the Gateway is Programmed and answers."""
    for workload in ("deployment/contour", "daemonset/envoy"):
        roll_out(NAMESPACE, workload)
    run(
        kube.kubectl(
            "-n", NAMESPACE, "wait", "--for=condition=Programmed", TIMEOUT, "gateway/shared"
        ),
        log="gateway",
    )
    complaint = f"The Gateway does not answer at http://127.0.0.1:{http_port}/"
    kube.until(lambda: answers(http_port), READY_S, complaint)


def roll_out(namespace: str, workload: str) -> None:
    """Wait until a workload is rolled out."""
    run(kube.kubectl("-n", namespace, "rollout", "status", workload, TIMEOUT), log="gateway")


def answers(http_port: int) -> bool:
    """Tell whether a request gets through the Gateway to a Service and back."""
    url = f"http://127.0.0.1:{http_port}/healthz"
    request = urllib.request.Request(url, headers={"Host": READY_HOST})
    try:
        with urllib.request.urlopen(request, timeout=3) as response:
            return response.status == 200
    except OSError:  # HTTPError is one
        return False
