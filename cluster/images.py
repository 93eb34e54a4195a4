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
# Written by `python3 cluster images`: images that were built here from {folder}.
images:
"""
RELEASED = """\
  {name}:
    repo: {repo}
    tag: "{tag}"
    content_addressed: true
"""


def ensure(everything: bool = False) -> None:
    """Have every image that the examples need in the cluster, and write the release files.

    everything: those that only some stacks need, too: the S3 server, built from its Go module, and
    the image that plays the parts of the systems that are not ours.
    """
    current = running()
    others = [platform_images.base(), platform_images.postgres(), platform_images.redis()]
    others += [platform_images.s3()] if everything else []
    worked = platform_images.ensure_platform(others, current.plan)
    if everything:
        extended = platform_images.postgres_extensions()
        worked |= platform_images.ensure_loaded([extended], current.plan)
    folders = [EXAMPLES / "shop", *([EXAMPLES / "reference"] if everything else [])]
    ours = [(folder, image(folder)) for folder in folders]
    worked |= platform_images.ensure_loaded([one for _, one in ours], current.plan)
    for folder, one in ours:
        for stack, names in releases(folder).items():
            write_release(stack, names, folder, one.reference)
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


def releases(folder: Path) -> dict[str, list[str]]:
    """Return the stacks that an example's image is for, and the names that it has in each."""
    path = folder / "releases.json"
    if not path.exists():
        return {folder.name: [folder.name]}
    return dict(json.loads(path.read_text()))


def write_release(stack: str, names: Sequence[str], folder: Path, reference: str) -> None:
    """Write the release file of a stack, if it says something else."""
    repo, _, tag = reference.rpartition(":")
    text = RELEASE.format(folder=folder.relative_to(EXAMPLES.parent))
    text += "".join(RELEASED.format(name=name, repo=repo, tag=tag) for name in names)
    path = RELEASES / f"{stack}.yml"
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    say(f"images: {reference} (build/release/{path.name})")


def load(references: Sequence[str]) -> None:
    """Put images that the Docker engine has into the cluster."""
    env = docker.environment(running().plan)
    for reference in references:
        with step(f"loading {reference}"):
            loading.load_from_engine(reference, env)
