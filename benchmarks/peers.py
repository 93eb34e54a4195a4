# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are measured beside ours, each from its own source, cached as the cluster's.

A peer that cannot be had is an error: a table with a gap in it would be no comparison.
"""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

from benchmarks.errors import BenchError
from cluster.cache import artifact
from cluster.golang import HELM, Build, module_folder, programs
from cluster.paths import BIN
from cluster.progress import run, step

ANSIBLE = "12.3.0"  # the community package for ansible-core 2.19; holds kubernetes.core 6
KWOK = Build("sigs.k8s.io/kwok", "v0.8.0", ("cmd/kwok",))


def helm() -> Path:
    """Return helm 4, built from its Go module on first use (about 90 s on two cores)."""
    return programs(HELM) / "helm"


def kwok() -> Path:
    """Return kwok's controller, built from its Go module on first use (about 75 s)."""
    return programs(KWOK) / "kwok"


def kwok_stages() -> list[Path]:
    """Return how kwok is told what nodes and pods do, as its own clusters are: from its module."""
    folder = module_folder(KWOK.module, KWOK.version) / "kustomize" / "stage"
    kinds = ("node/fast/node-*", "node/heartbeat-with-lease/node-*", "pod/fast/pod-*")
    return [path for kind in kinds for path in sorted(folder.glob(f"{kind}.yaml"))]


def kubectl() -> Path:
    """Return the kubectl that the cluster was made with. Raises BenchError."""
    path = BIN / "kubectl"
    if not path.exists():
        raise BenchError(f"There is no {path}: run `make cluster` first.")
    return path


def kubernetes_core() -> Path:
    """Return a folder for ANSIBLE_COLLECTIONS_PATH that holds kubernetes.core and nothing else."""
    return artifact("peers", "kubernetes-core", f"ansible-{ANSIBLE}", _unpack)


def _unpack(folder: Path) -> None:
    """Take the collection out of the PyPI package `ansible`, which stays outside of .venv."""
    folder.mkdir(parents=True)
    wheels = folder.with_name("wheels")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    with step(f"fetching kubernetes.core from the PyPI package ansible {ANSIBLE}"):
        run([*command, "--dest", wheels, f"ansible=={ANSIBLE}"], log="peers", env=dict(os.environ))
    wheel = next(wheels.glob("ansible-*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        inside = "ansible_collections/kubernetes/core/"
        packed.extractall(folder, [name for name in packed.namelist() if name.startswith(inside)])
