# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page as a browser sees it: headless Chromium, kept from every network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def chromium() -> str:
    """Return the path of Chromium, "" where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


def dump(page: Path, scratch: Path) -> str:
    """Return the document as the browser built it."""
    return _run(page, scratch, "--dump-dom")


def screenshot(page: Path, scratch: Path, picture: Path, size: str = "1200,900") -> None:
    """Write what a person would see as PNG."""
    _run(page, scratch, f"--screenshot={picture}", f"--window-size={size}")


def _run(page: Path, scratch: Path, *flags: str) -> str:
    command = [chromium(), *FLAGS, f"--user-data-dir={scratch}", *flags, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout
