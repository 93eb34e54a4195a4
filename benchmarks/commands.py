# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines and how long they take; a run that does not end as expected is no figure."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.errors import BenchError
from cluster.paths import KUBECONFIG, ROOT
from cluster.versions import CONTEXT

TAIL_LINES = 25


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, from the checkout's folder. environment: besides that of this process."""

    argv: tuple[str | Path, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run. cpu_s: of all its processes; rss_mb: of its largest process."""

    seconds: float
    cpu_s: float
    rss_mb: float
    code: int
    output: str


def run(command: Command, *, fails: bool = False, line: Callable[[str], object] = len) -> Ran:
    """Run and measure a command. Raises BenchError if it ends otherwise than expected.

    line: called with each line that it prints, as soon as it does.
    """
    start = perf_counter()
    process = subprocess.Popen(
        command.argv,
        cwd=ROOT,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = "".join(_heard(process, line))
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds, process.returncode = perf_counter() - start, os.waitstatus_to_exitcode(status)
    cpu_s, rss_mb = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    ran = Ran(seconds, cpu_s, rss_mb, process.returncode, output)
    if bool(ran.code) != fails:
        raise BenchError(_unexpected(command, ran))
    return ran


def _heard(process: subprocess.Popen[str], line: Callable[[str], object]) -> Iterator[str]:
    with process.stdout or nullcontext() as output:
        for one in output or ():
            line(one)
            yield one


def _unexpected(command: Command, ran: Ran) -> str:
    tail = "\n".join(f"    {line}" for line in ran.output.splitlines()[-TAIL_LINES:])
    return f"{' '.join(map(str, command.argv))}: exit code {ran.code}; its last lines:\n{tail}"


def playbook(
    path: Path | str, inventory: Path, *options: str, collections: Path | None = None
) -> Command:
    """Return a run of ansible-playbook."""
    argv = (Path(sys.executable).with_name("ansible-playbook"), path, "-i", inventory, *options)
    found = str(collections or ROOT / ".collections")
    return Command(argv, {"ANSIBLE_COLLECTIONS_PATH": found, "ANSIBLE_NOCOLOR": "1"})


def at_cluster(program: Path, *arguments: str | Path) -> Command:
    """Return a run of helm or kubectl against the kind cluster."""
    context = "--kube-context" if program.name == "helm" else "--context"
    return Command((program, "--kubeconfig", KUBECONFIG, context, CONTEXT, *arguments), {})
