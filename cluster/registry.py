# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image registry inside the cluster, for tests: unknown images are really not found.

The nodes know it as `registry.test:5000`. Without it a wrong image name ends in an error about
a name server, which is another fault.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster import docker, images, kube, node, platform_images
from cluster.paths import PACKAGE
from cluster.progress import run, say, step

NAME = "registry.test:5000"
MANIFESTS = PACKAGE / "manifests" / "registry"
HOSTS_FILE = f"/etc/containerd/certs.d/{NAME}/hosts.toml"
HOSTS = """\
server = "http://127.0.0.1:5000"
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
"""


def ensure() -> None:
    """Have the registry running and known to every node."""
    current = images.running()
    platform_images.ensure_platform([platform_images.registry()], current.plan)
    introduce(docker.environment(current.plan))
    with step(f"starting the registry {NAME}"):
        kube.apply(MANIFESTS, log="registry")
        rollout = ["-n", "registry-system", "rollout", "status", "daemonset/registry"]
        run(kube.kubectl(*rollout, "--timeout=120s"), log="registry")
    say(f"registry: {NAME} answers on the nodes")


def introduce(env: Mapping[str, str]) -> None:
    """Tell every node's containerd where the name leads; it reads the file at each pull."""
    script = f'mkdir -p "$(dirname {HOSTS_FILE})" && printf "%s" "$1" > {HOSTS_FILE}'
    for name in node.containers(env):
        run(["docker", "exec", name, "sh", "-c", script, "sh", HOSTS], log="registry", env=env)
