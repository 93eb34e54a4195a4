# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the examples: built by content, loaded where they are missing, noted for releases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster import docker, kube, loading, platform_images, state
from cluster.cache import digest_tree
from cluster.errors import ClusterError
from cluster.paths import EXAMPLES, RELEASES
from cluster.platform_images import Image
from cluster.progress import say, step
from cluster.state import State

RELEASE = """\
# Written by `python3 cluster images`: images that were built here.
images:
"""
RELEASED = """\
  {name}:
    repo: {repo}
    tag: "{tag}"
    content_addressed: true
"""


def ensure() -> None:
    """Have every image that the five systems need in the cluster, and write the release files."""
    current = running()
    stores = [platform_images.postgres(), platform_images.redis(), platform_images.s3()]
    worked = platform_images.ensure_platform([platform_images.base(), *stores], current.plan)
    folders = [EXAMPLES / "shop", EXAMPLES / "reference"]
    built = {folder.name: image(folder) for folder in folders}
    built["postgres-extensions"] = platform_images.postgres_extensions()
    worked |= platform_images.ensure_loaded(list(built.values()), current.plan)
    for folder in folders:
        for stack, named in releases(folder).items():
            write_release(stack, {name: built[one].reference for name, one in named.items()})
    if not worked:
        say("images: all are in the cluster, nothing to do")


def running() -> State:
    """Return the state of the running cluster. Raises ClusterError if there is none."""
    current = state.load()
    if current is None or not kube.api_answers():
        raise ClusterError("The cluster does not run. Start it first: python3 cluster up")
    return current


def image(folder: Path) -> Image:
    """Return the image of an example; its tag is the hash of the files it is built from."""
    tag = digest_tree(folder)
    reference = f"slipway/{folder.name}:{tag}"

    def make(env: Mapping[str, str]) -> None:
        docker.build(reference, folder, env)

    return Image(reference, tag, make)


def releases(folder: Path) -> dict[str, dict[str, str]]:
    """Return which of the images built here a stack's images are, for the stacks of an example."""
    path = folder / "releases.json"
    if not path.exists():
        return {folder.name: {folder.name: folder.name}}
    return dict(json.loads(path.read_text()))


def write_release(stack: str, named: Mapping[str, str]) -> None:
    """Write the release file of a stack, if it says something else.

    named: the stack's images, each with its reference.
    """
    parted = {name: reference.rpartition(":") for name, reference in named.items()}
    text = RELEASE + "".join(
        RELEASED.format(name=name, repo=repo, tag=tag) for name, (repo, _, tag) in parted.items()
    )
    path = RELEASES / f"{stack}.yml"
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    say(f"images: build/release/{path.name} names {', '.join(sorted(set(named.values())))}")


def load(references: Sequence[str]) -> None:
    """Put images that the Docker engine has into the cluster."""
    env = docker.environment(running().plan)
    for reference in references:
        with step(f"loading {reference}"):
            loading.load_from_engine(reference, env)
