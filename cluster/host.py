# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about this machine: its engine, system, capabilities, processes and ports."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
from pathlib import Path

from cluster.decide import Answer, Facts
from cluster.progress import step, succeeds
from cluster.versions import PUBLISHED_NODE_IMAGE

CAP_SYS_RESOURCE = 24  # linux/capability.h


def gather() -> Facts:
    """Look at the machine; pulls the node image where an engine runs."""
    engine = engine_answer()
    return Facts(
        engine=engine,
        node_image=engine is Answer.RUNNING and node_image_obtainable(),
        debian=is_debian(),
        root=os.geteuid() == 0,
    )


def engine_answer() -> Answer:
    """Ask the machine's Docker engine for its version."""
    if not shutil.which("docker"):
        return Answer.NONE
    version = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        asked = subprocess.run(version, capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return Answer.NONE
    if asked.returncode == 0:
        return Answer.RUNNING
    return Answer.FORBIDDEN if "permission denied" in asked.stderr.lower() else Answer.NONE


def node_image_obtainable() -> bool:
    """Tell whether the engine has the published node image or can pull it."""
    if succeeds(["docker", "image", "inspect", PUBLISHED_NODE_IMAGE]):
        return True
    with step(f"pulling {PUBLISHED_NODE_IMAGE.partition('@')[0]}"):
        return succeeds(["docker", "pull", PUBLISHED_NODE_IMAGE])


def is_debian() -> bool:
    """Tell whether this is Debian itself; derivatives have other packages."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def lacks_sys_resource() -> bool:
    """Tell whether this machine cannot give CAP_SYS_RESOURCE to a privileged container."""
    bounding = re.search(r"^CapBnd:\s*(\w+)", Path("/proc/self/status").read_text(), re.M)
    return bool(bounding) and not int(bounding[1], 16) >> CAP_SYS_RESOURCE & 1


def command_line(pid: int | str) -> str:
    """Return the command line of a process, its words joined by blanks; "" if there is none."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()


def processes() -> dict[int, str]:
    """Return the command lines of all processes by pid."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return {pid: line for pid in pids if (line := command_line(pid))}


def descendants(ancestors: set[int]) -> set[int]:
    """Return the pids of all processes below `ancestors`."""
    parents = {}
    for pid in processes():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        parents[pid] = int(stat.rpartition(")")[2].split()[1])
    found: set[int] = set()
    layer = set(ancestors)
    while layer:
        layer = {pid for pid, parent in parents.items() if parent in layer} - found
        found |= layer
    return found


def port_is_free(port: int) -> bool:
    """Tell whether 127.0.0.1:`port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listener(port: int) -> str:
    """Name the process that listens on `port`, or say that it is another user's."""
    inodes = (
        {
            fields[9]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            for fields in map(str.split, Path(table).read_text().splitlines()[1:])
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
        }
        if Path("/proc/net/tcp").exists()
        else set()
    )
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            return f"process {link.parts[2]} ({command_line(link.parts[2])})"
    return "another user's process"
