# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are: everything of one checkout under `.cluster`, caches shared by all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
STATE = ROOT / ".cluster"
LOGS = STATE / "log"
BIN = STATE / "bin"
KUBECONFIG = STATE / "kubeconfig"
RELEASES = ROOT / "build" / "release"
EXAMPLES = ROOT / "examples"


def runtime(root: Path) -> Path:
    """Return the folder of a checkout's sockets, whose paths the kernel limits to 107 characters.

    It lies outside the checkout, so that this may lie anywhere; `down` removes it.
    """
    return Path("/run") / f"slipway-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"


def cache() -> Path:
    """Return the folder of image and build caches; it outlives `down` and the checkout."""
    if chosen := os.environ.get("SLIPWAY_CACHE"):
        return Path(chosen).resolve()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "slipway"
