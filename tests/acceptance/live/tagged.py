# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another release of a system: the same images under another tag."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from cluster import docker, images, loading, node
from tests.e2e.running import ROOT


def release_file(system: str, names: tuple[str, ...], folder: Path) -> Path:
    """Write a release file in which some images have a tag of their own, that the nodes know.

    The tags stay: a recorded release may name them.
    """
    release = yaml.safe_load((ROOT / "build" / "release" / f"{system}.yml").read_text())
    for name in names:
        release["images"][name]["tag"] = _tagged_again(release["images"][name], name)
    path = folder / "release.yml"
    path.write_text(yaml.safe_dump(release))
    return path


def _tagged_again(image: dict[str, str], name: str) -> str:
    tag = f"{image['tag']}-{name}"
    old, new = (loading.qualified(f"{image['repo']}:{one}") for one in (image["tag"], tag))
    environment = docker.environment(images.running().plan)
    for container in node.containers(environment):
        command = ["docker", "exec", container, *loading.CTR, "tag", "--force", old, new]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return tag
