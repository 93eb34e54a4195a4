# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's judges of manifests, each pinned, and kept in the cache that the cluster has.

They are no requirements of ours: two are Go programs, and checkov brings 90 packages along, some
of them older than ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import golang
from cluster.cache import artifact, digest

KUBECONFORM = golang.Build("github.com/yannh/kubeconform", "v0.8.0", ("cmd/kubeconform",))
KUBE_SCORE = golang.Build("github.com/zegl/kube-score", "v1.20.0", ("cmd/kube-score",))
CHECKOV = Path(__file__).with_name("checkov.txt")
FINE = 10  # the best of kube-score's grades


@dataclass(frozen=True)
class Score:
    """How many checks passed, and which failed how often."""

    passed: int
    failed: Counter[str]

    @property
    def share(self) -> float:
        """The failed ones of all, in per cent."""
        failed = self.failed.total()
        return 100 * failed / (self.passed + failed)

    @classmethod
    def none(cls) -> Score:
        """Return the score of nothing, to add others to."""
        return cls(0, Counter())

    def __add__(self, other: Score) -> Score:
        return Score(self.passed + other.passed, self.failed + other.failed)


def kubeconform(location: str, *files: Path) -> dict[str, Any]:
    """Return kubeconform's report: ``resources`` that are wrong, and a ``summary``."""
    program = golang.programs(KUBECONFORM) / "kubeconform"
    options = ["-strict", "-summary", "-output", "json", "-schema-location", location]
    report: dict[str, Any] = json.loads(_run(program, *options, *files))
    return report


def kube_score(file: Path, kubernetes: str) -> Score:
    """Return what kube-score says; a warning counts as failed. kubernetes: such as v1.34."""
    program = golang.programs(KUBE_SCORE) / "kube-score"
    told = json.loads(
        _run(program, "score", "--kubernetes-version", kubernetes, "-o", "json", file)
    )
    checks = [check for thing in told for check in thing["checks"] if not check["skipped"]]
    failed = Counter(one["check"]["id"] for one in checks if one["grade"] < FINE)
    return Score(len(checks) - failed.total(), failed)


def checkov(file: Path) -> Score:
    """Return what checkov says of Kubernetes objects."""
    options = ["--framework", "kubernetes", "--compact", "--skip-download", "--output", "json"]
    packages = artifact("checkov", "checkov", digest(CHECKOV.read_bytes()), _install)
    command = [sys.executable, "-m", "checkov.main", *options, "--file", file]
    told = json.loads(_run(*command, PYTHONPATH=str(packages)))
    assert not told["summary"]["parsing_errors"], told
    failed = Counter(one["check_id"] for one in told["results"]["failed_checks"])
    return Score(told["summary"]["passed"], failed)


def _install(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-input", "--no-deps", "--target", folder, "--requirement", CHECKOV]
    subprocess.run([*command, *options], check=True)


def _run(*command: str | Path, **environment: str) -> str:
    """Return what a judge prints; it exits with 1 where it found something."""
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout, done.stderr
    return done.stdout
