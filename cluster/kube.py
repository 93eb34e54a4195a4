# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for the API server, the node and workloads, with the cluster's own kubectl."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cluster.errors import ClusterError
from cluster.paths import BIN, KUBECONFIG
from cluster.progress import output, run, step, succeeds
from cluster.versions import CONTEXT

KUBECTL = BIN / "kubectl"
READY_S = 180


def kubectl(*arguments: str | Path) -> list[str | Path]:
    """Return the command line of a kubectl call to this cluster, whatever the user's context."""
    return [KUBECTL, "--kubeconfig", KUBECONFIG, "--context", CONTEXT, *arguments]


def get(*arguments: str) -> dict:
    """Return an object or a list as the API server has it. Raises ClusterError if it is not."""
    return json.loads(output(kubectl("get", *arguments, "-o", "json")))


def apply(*files: Path, log: str) -> None:
    """Apply manifests server-side, ours to change."""
    names = [part for file in files for part in ("-f", file)]
    run(kubectl("apply", "--server-side", "--force-conflicts", *names), log=log)


def apply_text(manifests: str, *, log: str) -> None:
    """Apply manifests that are in no file."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(manifests)
        file.flush()
        apply(Path(file.name), log=log)


def accepts(manifests: str) -> bool:
    """Tell whether the API server, and the webhooks that it asks, would take manifests."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(manifests)
        file.flush()
        return succeeds(
            kubectl("apply", "--server-side", "--dry-run=server", "-f", Path(file.name))
        )


def api_answers() -> bool:
    """Tell whether the API server is ready."""
    return KUBECONFIG.exists() and succeeds(
        kubectl("get", "--raw", "/readyz", "--request-timeout=3s")
    )


def wait_ready(since: datetime) -> None:
    """Wait for the API server, and for every node to be Ready and heard of since `since`.

    Straight after a start the API server still has the Ready of before, so the node's lease must
    have been renewed.
    """
    with step("waiting for the API server"):
        until(api_answers, READY_S, "The API server does not answer")
    with step("waiting for the node"):
        until(lambda: heard_of(since), READY_S, "The node does not get ready")


def nodes_ready() -> bool:
    """Tell whether the API server answers and calls all nodes Ready."""
    try:
        nodes = get("nodes")["items"]
    except ClusterError:
        return False
    return bool(nodes) and all(map(is_ready, nodes))


def heard_of(since: datetime) -> bool:
    """Tell whether all nodes are Ready and renewed their leases after `since`."""
    try:
        leases = get("leases", "-n", "kube-node-lease")["items"]
    except ClusterError:
        return False
    return nodes_ready() and all(renewed_at(lease) > since for lease in leases)


def is_ready(node: dict) -> bool:
    """Tell whether a node's condition Ready is True."""
    conditions = node["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def renewed_at(lease: dict) -> datetime:
    """Return when a node's lease was renewed."""
    return datetime.fromisoformat(lease["spec"]["renewTime"])


def until(holds: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Ask `holds` again and again; raises ClusterError with `complaint` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise ClusterError(f"{complaint} within {seconds:.0f} s. See: python3 cluster status")
        time.sleep(0.5)
