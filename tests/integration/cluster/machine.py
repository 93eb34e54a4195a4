# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine beside this one, for clusters that are killed: namespaces of its own.

It has its own processes, network and mounts, so that the cluster of `make cluster` runs on. To
crash it is to reboot it: every process ends at once, files stay. It reaches no network; what the
cluster needs is in the cache.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

NAMESPACES = ("--net", "--mount", "--pid")
# bash as init: it reaps what loses its parent.
INIT = """
ip link set lo up
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /opt
echo booted
while :; do sleep 1; done
"""


def far_away(folder: str) -> Path:
    """Return a checkout's folder whose path is longer than sockets' paths may be."""
    return Path(folder) / ("a-long-way-down-" * 6) / "slipway"


@dataclass
class Machine:
    """A checkout on a machine of its own; `root` is the checkout."""

    root: Path = field(default_factory=lambda: far_away(tempfile.mkdtemp(prefix="slw-")))
    holder: subprocess.Popen[str] | None = None

    def check_out(self, source: Path) -> None:
        """Copy the program under test."""
        shutil.copytree(source / "cluster", self.root / "cluster")

    def boot(self) -> None:
        """Start the machine's first process."""
        command = ["unshare", *NAMESPACES, "--fork", "--mount-proc", "--kill-child"]
        self.holder = subprocess.Popen(
            [*command, "bash", "-c", INIT],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # unshare grumbles when its child is killed
            text=True,
        )
        assert self.holder.stdout.readline() == "booted\n"

    @property
    def init(self) -> int:
        """The machine's first process, as this machine counts."""
        pid = self.holder.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def crash(self) -> None:
        """End every process of the machine at once."""
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", str(self.init)], check=True)
        self.holder.wait()
        self.holder.stdout.close()
        self.holder = None

    def run(self, *argv: str, timeout_s: float = 600) -> str:
        """Run a command on the machine; returns its output. Fails with it."""
        enter = ["nsenter", "--target", str(self.init), *NAMESPACES, f"--wdns={self.root}"]
        done = subprocess.run(
            [*enter, *argv],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout}"
        return done.stdout

    def cluster(self, command: str) -> str:
        """Run `python3 cluster <command>`."""
        return self.run("python3", "cluster", command)

    def kubectl(self, *arguments: str) -> str:
        """Run the cluster's own kubectl."""
        return self.run(".cluster/bin/kubectl", "--kubeconfig", ".cluster/kubeconfig", *arguments)

    def traces(self) -> dict[str, list[str]]:
        """Return what a cluster could leave behind: processes, mounts, links, rules, files."""
        everywhere = "find /run /opt /etc /var/lib /root -maxdepth 2 -not -path '*/.cache/*'"
        looks = {
            "processes": "ps -e -o comm= | grep -Ev '^(bash|sleep|sh|ps|grep|sort)$' || true",
            # Other checkouts' mounts come and go; they are seen here because they were copied.
            "mounts": f"cut -d' ' -f5 /proc/self/mountinfo | grep -E '^({self.root}|[^.]*$)'",
            "links": "ls /proc/sys/net/ipv4/conf",
            # A table's own chains appear when it is first looked at.
            "rules": "iptables-save | grep -E '^-|^:.* (-|DROP) ' || true",
            "ip_forward": "cat /proc/sys/net/ipv4/ip_forward",
            "files": f"{everywhere} | grep -v '^/var/lib/postgresql'",
        }
        return {what: sorted(self.run("sh", "-c", look).split()) for what, look in looks.items()}

    def discard(self) -> None:
        """End the machine and remove its checkout."""
        if self.holder:
            self.crash()
        time.sleep(0.5)  # the kernel lets go of the mounts
        self.remove_cgroups()
        shutil.rmtree(self.root.parents[1])

    def remove_cgroups(self) -> None:
        """Remove the control groups of containers that ended with the machine; no reboot does."""
        for file in self.root.glob("**/containers/*/hostconfig.json"):
            for top in Path("/sys/fs/cgroup").glob(f"*/docker/{file.parent.name}"):
                for folder in (*sorted(top.rglob("*/"), reverse=True), top):
                    folder.rmdir()
