# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our Docker engine leaves outside its folder, and mounts inside: removed by `down`."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from cluster.paths import STATE
from cluster.progress import run

# containerd compiles these in; they stay when it ends.
FOLDERS = (
    "/run/containerd/s",
    "/run/containerd",
    "/opt/containerd/bin",
    "/opt/containerd/lib",
    "/opt/containerd",
    "/run/docker/plugins",
    "/run/docker",
)
UNIX_SOCKETS = Path("/proc/net/unix")


def remove(runtime: Path) -> None:
    """Unmount what is mounted in our folders; remove the engine's runtime and empty folders."""
    for folder in (STATE, runtime):
        for mount in reversed(mounts_below(folder, Path("/proc/self/mountinfo").read_text())):
            run(["umount", "--lazy", mount], log="engine")
    shutil.rmtree(runtime, ignore_errors=True)
    remove_dead_sockets(Path("/run/containerd/s"))
    for folder in [*map(Path, FOLDERS), *cgroups()]:
        with contextlib.suppress(OSError):  # not there, or in use by another engine
            folder.rmdir()


def mounts_below(folder: Path, mountinfo: str) -> list[str]:
    """Return the mount points below `folder`, in the order of mounting. Pure."""
    points = [unescape(line.split()[4]) for line in mountinfo.splitlines()]
    return [point for point in points if point.startswith(f"{folder}/")]


def unescape(text: str) -> str:
    r"""Return a path of mountinfo with its octal escapes (\040 for a blank) resolved."""
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), text)


def remove_dead_sockets(folder: Path) -> None:
    """Remove shims' sockets on which no process listens any more."""
    listening = UNIX_SOCKETS.read_text()
    for path in folder.glob("*"):
        if str(path) not in listening:
            path.unlink()


def cgroups() -> list[Path]:
    """Return the folders in which the engine kept its containers' cgroups."""
    root = Path("/sys/fs/cgroup")
    return [*root.glob("*/docker"), root / "docker"]
