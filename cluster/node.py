# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kind cluster itself: created once, started again after a crash, deleted on request."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cluster import docker, golang, host, kube, nodeimage, versions
from cluster.decide import NodeImage
from cluster.errors import ClusterError
from cluster.paths import BIN, KUBECONFIG, PACKAGE, STATE
from cluster.progress import output, run, step
from cluster.state import State

KIND = BIN / "kind"
CONFIG = STATE / "kind.yml"
LABEL = f"label=io.x-k8s.kind.cluster={versions.CLUSTER}"


def ensure(state: State) -> bool:
    """Have the cluster created, its nodes running and Ready; returns whether that took work."""
    env = docker.environment(state.plan)
    since, nodes = datetime.now(UTC), containers(env)
    refuse_foreign(nodes, env)
    install_tools(state)
    if not nodes or not KUBECONFIG.exists():  # kind was killed before it was done
        create(state, env)
    elif stopped := [name for name, running in nodes.items() if not running]:
        with step(f"starting {' '.join(stopped)} again"):
            run(["docker", "start", *stopped], log="node", env=env)
    elif kube.nodes_ready():
        return False
    kube.wait_ready(since)
    return True


def containers(env: Mapping[str, str]) -> dict[str, bool]:
    """Return whether each of the cluster's node containers runs, by name."""
    asked = ["docker", "ps", "-a", "--filter", LABEL, "--format", "{{.Names}} {{.State}}"]
    rows = [line.split() for line in output(asked, env=env).splitlines()]
    return {name: state == "running" for name, state in rows}


def refuse_foreign(nodes: Mapping[str, bool], env: Mapping[str, str]) -> None:
    """Raise where the engine has a cluster of this name that this checkout did not make.

    Every node mounts the configuration that it was made with, so it tells its checkout.
    """
    for name in () if KUBECONFIG.exists() else nodes:
        asked = ["docker", "inspect", "-f", "{{range .Mounts}}{{println .Source}}{{end}}", name]
        sources = output(asked, env=env).split("\n")
        if str(CONFIG) in sources:
            continue
        theirs = [path for path in sources if path.endswith("/.cluster/kind.yml")]
        checkout = theirs[0].removesuffix("/.cluster/kind.yml") if theirs else ""
        stop = f"make -C {checkout} cluster-down" if theirs else "kind delete cluster -n slipway"
        raise ClusterError(
            f"This Docker engine has a cluster {versions.CLUSTER} that another checkout made: "
            f"{checkout or 'it does not say which'}. Stop it first: {stop}"
        )


def install_tools(state: State) -> None:
    """Put kind and kubectl of the pinned versions into `.cluster/bin`."""
    built = state.node_image is NodeImage.BUILT
    kubectl = golang.programs(golang.KUBERNETES if built else golang.KUBECTL) / "kubectl"
    BIN.mkdir(parents=True, exist_ok=True)
    for source in (golang.programs(golang.KIND) / "kind", kubectl):
        target = BIN / source.name
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            shutil.copy2(source, target)


def create(state: State, env: Mapping[str, str]) -> None:
    """Create the cluster with kind; a half-made one of a killed run is deleted first."""
    image = nodeimage.ensure(state.plan)
    delete(env)
    refuse_taken_port(state.http_port)
    own_cni = state.node_image is NodeImage.BUILT
    template = (PACKAGE / "kind.yml").read_text()
    words = {
        "own_cni": str(own_cni).lower(),
        "http_port": state.http_port,
        "config": CONFIG,
        "requests": PACKAGE / "manifests" / "requests",
    }
    CONFIG.write_text(template.format(**words))
    options = ["--config", CONFIG, "--image", image, "--kubeconfig", draft_kubeconfig()]
    with step("creating the kind cluster"):
        run([KIND, "create", "cluster", *options], log="kind-create", env=env)
    draft_kubeconfig().rename(KUBECONFIG)


def draft_kubeconfig() -> Path:
    """Return where the kubeconfig is until the cluster is complete."""
    return KUBECONFIG.with_suffix(".new")


def refuse_taken_port(port: int) -> None:
    """Raise where the Gateway's port on this machine is taken, naming who has it."""
    if not host.port_is_free(port):
        raise ClusterError(
            f"Port {port} on 127.0.0.1 is taken by {host.listener(port)}. End it, or choose "
            f"another port: SLIPWAY_HTTP_PORT={port + 1} python3 cluster up"
        )


def delete(env: Mapping[str, str]) -> None:
    """Delete the cluster's nodes, if there are any, and the kubeconfig."""
    if nodes := containers(env):
        with step(f"deleting {' '.join(nodes)}"):
            command = [KIND, "delete", "cluster", "--name", versions.CLUSTER]
            run([*command, "--kubeconfig", draft_kubeconfig()], log="kind-delete", env=env)
    for path in (KUBECONFIG, draft_kubeconfig()):
        path.unlink(missing_ok=True)
