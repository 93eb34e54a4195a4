# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's packages, installed when a program of theirs is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from cluster.progress import run, step

SYSTEM_PATH = f"/usr/sbin:/usr/bin:{os.environ.get('PATH', '')}"


def require(packages: Mapping[str, str]) -> None:
    """Have programs installed; `packages` names the package of each. Starts no service."""
    missing = {
        package
        for program, package in packages.items()
        if not shutil.which(program, path=SYSTEM_PATH)
    }
    if not missing:
        return
    # Runlevel 1 keeps invoke-rc.d from starting an engine beside ours where no systemd runs.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with step(f"installing {' '.join(sorted(missing))}"):
        run(["apt-get", "update", "-q"], log="apt", env=env)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        run([*install, *sorted(missing)], log="apt", env=env)
