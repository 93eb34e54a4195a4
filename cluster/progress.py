# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that are never silent, and commands whose whole output is kept in a log.

Nothing here knows what is being done; the callers name their steps in words.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cluster.errors import ClusterError
from cluster.paths import LOGS

HEARTBEAT_S = 15
TAIL_LINES = 25


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(f"cluster: {text}", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, that it still is every 15 s, and how long it took."""
    say(f"{what} ...")
    start = time.monotonic()
    over = threading.Event()

    def heartbeat() -> None:
        while not over.wait(HEARTBEAT_S):
            say(f"  still: {what} ({time.monotonic() - start:.0f} s)")

    beat = threading.Thread(target=heartbeat, daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()
    say(f"  done: {what} ({time.monotonic() - start:.0f} s)")


def log_path(name: str) -> Path:
    """Return the log file of the step `name`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"


def run(
    argv: Sequence[str | Path],
    *,
    log: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: Path | None = None,
) -> None:
    """Run a command, its output appended to the log called `log`.

    Raises ClusterError with the command, its exit code and the log's tail.
    """
    path = log_path(log)
    with path.open("ab") as out, open(stdin or "/dev/null", "rb") as source:
        out.write(f"$ {' '.join(map(str, argv))}\n".encode())
        out.flush()
        done = subprocess.run(
            argv, stdin=source, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd, check=False
        )
    if done.returncode:
        raise ClusterError(failure(argv, done.returncode, path))


def failure(argv: Sequence[str | Path], code: int, log: Path) -> str:
    """Tell what ran, its exit code, the tail of its log and where all of it is."""
    tail = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    lines = "\n".join(f"    {line}" for line in tail)
    return f"{argv[0]} failed with exit code {code}; the end of {log}:\n{lines}"


def output(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> str:
    """Return what a quick command prints. Raises ClusterError with its stderr."""
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, check=False
    )
    if done.returncode:
        command = " ".join(map(str, argv))
        raise ClusterError(f"{command}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def succeeds(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> bool:
    """Tell whether a quick command exits with 0."""
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
        check=False,
    )
    return done.returncode == 0
