# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in the Docker engine: made from a Dockerfile or a tree, kept as archives in the cache."""

from __future__ import annotations

import functools
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cluster import apt, engine
from cluster.cache import artifact, digest, digest_tree
from cluster.decide import Engine, NodeImage, Plan
from cluster.paths import PACKAGE
from cluster.progress import output, run, step, succeeds
from cluster.versions import DEBIAN

BASE = f"debian:{DEBIAN}-slim"
RECIPE = PACKAGE / "images" / "debian"
# What the official slim image leaves out as well, and its configuration of apt.
OPTIONS = [
    "--variant=minbase",
    *(f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "man", "info", "locale")),
    '--customize-hook=rm -f "$1"/var/cache/apt/*.bin',  # with that configuration clean would not
    f"--customize-hook=copy-in {RECIPE / 'docker-clean'} /etc/apt/apt.conf.d",
]
KEY_LABEL = "slipway.dev/inputs"


def environment(plan: Plan) -> dict[str, str]:
    """Return the variables with which docker and kind talk to the plan's engine."""
    return engine.environment() if plan.engine is Engine.OWN else users_environment()


@functools.cache
def users_environment() -> dict[str, str]:
    """Return the user's own variables; without BuildKit where its plugin is not installed."""
    if succeeds(["docker", "buildx", "version"]):
        return dict(os.environ)
    return {**os.environ, "DOCKER_BUILDKIT": "0"}


def build(reference: str, context: Path, env: Mapping[str, str]) -> None:
    """Build `context`'s Dockerfile as `reference`."""
    log = f"image-{reference.replace('/', '-').replace(':', '-')}"
    run(["docker", "build", "-t", reference, context], log=log, env=env)


def from_program(reference: str, program: Path, env: Mapping[str, str], name: str = "") -> None:
    """Make an image of nothing but one static program: `name` in /, by default the image's."""
    name = name or reference.rpartition("/")[2].partition(":")[0]
    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as tree:
            tree.add(program, arcname=name)
        file.seek(0)
        changes = ["-c", "ENV PATH=/", "-c", f'ENTRYPOINT ["/{name}"]']
        command = ["docker", "import", *changes, "-", reference]
        subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, env=env, check=True)


def save(references: list[str], archive: Path, env: Mapping[str, str]) -> None:
    """Write images into one archive, as `docker load` and containerd read it."""
    run(["docker", "save", "-o", archive, *references], log="docker-save", env=env)


def has(reference: str, env: Mapping[str, str]) -> bool:
    """Tell whether the engine has an image."""
    return succeeds(["docker", "image", "inspect", reference], env=env)


def base_key() -> str:
    """Hash what Debian's slim image is made of; every image here is made on it."""
    return digest(DEBIAN, *OPTIONS[:-1], digest_tree(RECIPE))


def ensure_base(plan: Plan) -> None:
    """Have Debian's slim image in the engine; made with mmdebstrap where it cannot be pulled."""
    env, key = environment(plan), base_key()
    label = ["docker", "image", "inspect", "-f", f'{{{{index .Config.Labels "{KEY_LABEL}"}}}}']
    if plan.node_image is NodeImage.PULLED or (
        has(BASE, env) and output([*label, BASE], env=env).strip() == key
    ):
        return
    archive = artifact("debian", DEBIAN, key, debootstrap)
    with step(f"importing {BASE}"):
        changes = ["-c", 'CMD ["bash"]', "-c", f"LABEL {KEY_LABEL}={key}"]
        run(["docker", "import", *changes, archive, BASE], log="debian", env=env)


def debootstrap(archive: Path) -> None:
    """Write Debian's minimal tree, with security updates, into a tar archive."""
    apt.require({"mmdebstrap": "mmdebstrap"})
    with step(f"making {BASE} from Debian's packages"):
        tree = archive.with_suffix(".tar")
        run(["mmdebstrap", *OPTIONS, DEBIAN, tree], log="debian")
        tree.rename(archive)
