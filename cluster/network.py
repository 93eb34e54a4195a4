# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our Docker engine changes in the kernel's network, noted before and taken back after.

An engine that ends leaves its chains, its bridge and its settings. The user's engine keeps them;
ours must not leave any.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cluster.progress import output, run, succeeds

IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
BRIDGE = "docker0"
IPTABLES = ("iptables", "ip6tables")


@dataclass(frozen=True, slots=True)
class Before:
    """The kernel's ip_forward ("0" or "1") and FORWARD's policy, "" where they stay as they are."""

    ip_forward: str
    forward_policy: str


def before() -> Before:
    """Look at what the engine is going to change."""
    policy = output(["iptables", "-S", "FORWARD"]).split()[2]
    return Before(IP_FORWARD.read_text().strip(), policy)


def restore(state: Before) -> None:
    """Remove the engine's rules, chains and bridge, and set back what it set."""
    for program in IPTABLES:
        saved = subprocess.run([f"{program}-save"], capture_output=True, text=True, check=False)
        for command in removals(saved.stdout):
            run([program, *command], log="network")
    if succeeds(["ip", "link", "show", BRIDGE]):
        run(["ip", "link", "delete", BRIDGE], log="network")
    if state.forward_policy:
        run(["iptables", "-P", "FORWARD", state.forward_policy], log="network")
    if state.ip_forward:
        IP_FORWARD.write_text(state.ip_forward)


def removals(saved: str) -> list[list[str]]:
    """Return the iptables commands that take the engine's rules and chains out.

    saved: what iptables-save printed. Pure.
    """
    rules, chains, table = [], [], ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith(":DOCKER"):
            chains.append((table, line[1:].split()[0]))
        elif line.startswith("-A ") and is_engines(line):
            rules.append(["-t", table, "-D", *shlex.split(line)[1:]])
    flush = [["-t", table, "-F", chain] for table, chain in chains]
    return [*rules, *flush, *(["-t", table, "-X", chain] for table, chain in chains)]


def is_engines(rule: str) -> bool:
    """Tell whether a rule outside the engine's own chains was made by it."""
    words = rule.split()
    if words[1].startswith("DOCKER"):
        return False
    jumps_there = "-j" in words and words[words.index("-j") + 1].startswith("DOCKER")
    return jumps_there or BRIDGE in words
