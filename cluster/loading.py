# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in the nodes' containerd: what is there, and how an archive gets in.

An image is labelled with the key of its inputs, so that the node itself tells whether it has
this version of `postgres:15`; there is no stamp file that could lie.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, Popen

from cluster import docker, node
from cluster.errors import ClusterError
from cluster.progress import failure, log_path, output, run

CTR = ("ctr", "-n", "k8s.io", "images")


def qualified(reference: str) -> str:
    """Return the full name that containerd gives to an image, such as docker.io/library/x:1."""
    first, slash, _ = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"


def loaded(name: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return the images of the node `name` with the keys of their inputs ("" if unknown)."""
    rows = output(["docker", "exec", name, *CTR, "ls"], env=env).splitlines()[1:]
    return {columns[0]: key_in(columns[-1]) for columns in map(str.split, rows)}


def key_in(labels: str) -> str:
    """Return our key in ctr's column of labels, "a=1,b=2"."""
    pairs = dict(pair.partition("=")[::2] for pair in labels.split(","))
    return pairs.get(docker.KEY_LABEL, "")


def missing(keys: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    """Return which of `keys` (reference: key of its inputs) some node does not have."""
    have = [loaded(name, env) for name in node.containers(env)]
    return [
        reference
        for reference, key in keys.items()
        if any(one.get(qualified(reference)) != key for one in have)
    ]


def load(archive: Path, reference: str, key: str, env: Mapping[str, str]) -> None:
    """Put the image of an archive into every node, labelled with the key of its inputs."""
    for name in node.containers(env):
        feed(name, archive, env)
        label = [*CTR, "label", qualified(reference), f"{docker.KEY_LABEL}={key}"]
        run(["docker", "exec", name, *label], log="load", env=env)


def feed(name: str, archive: Path, env: Mapping[str, str]) -> None:
    """Import an archive into one node's containerd through a pipe."""
    run(importing(name), log="load", env=env, stdin=archive)


def load_from_engine(reference: str, env: Mapping[str, str]) -> None:
    """Put an image that the engine has into every node."""
    for name in node.containers(env):
        command = importing(name)
        log = log_path("load")
        save = ["docker", "save", reference]
        with log.open("ab") as out, Popen(save, stdout=PIPE, env=env) as saved:
            done = subprocess.run(
                command, stdin=saved.stdout, stdout=out, stderr=out, env=env, check=False
            )
        if saved.returncode:
            raise ClusterError(f"{reference}: the Docker engine has no such image; build it first")
        if done.returncode:
            raise ClusterError(failure(command, done.returncode, log))


def importing(name: str) -> list[str]:
    """Return the command that imports an archive from its input into one node's containerd."""
    return ["docker", "exec", "-i", name, *CTR, "import", "--all-platforms", "-"]
