# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the playbooks as a person does, and reads their recap; knows nothing of what they deploy."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE_PLAYBOOK = ROOT / ".venv" / "bin" / "ansible-playbook"
RECAP = re.compile(r"^(?P<host>\S+)\s+: ok=\d+\s+changed=(?P<changed>\d+) .*failed=(?P<failed>\d+)")
TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a playbook came to; ``output`` is all that a person saw."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        """Return the number of changed tasks over all hosts."""
        return sum(int(recap["changed"]) for recap in self._recaps())

    def _recaps(self) -> Iterator[re.Match[str]]:
        found = [RECAP.match(line) for line in self.output.splitlines()]
        return (recap for recap in found if recap)

    def succeeded(self) -> Run:
        """Return this run, or fail the test with what the person saw."""
        assert self.code == 0, self.output
        return self

    def refused(self) -> str:
        """Return the output of a run that must have failed, with its white space folded."""
        assert self.code != 0, self.output
        assert "Traceback" not in self.output, self.output
        return " ".join(self.output.split())


def playbook(name: str, *arguments: str, **options: Any) -> Run:
    """Run ``playbooks/<name>.yml`` to its end.

    options: those of ``started``, which see.
    """
    with started(name, *arguments, **options) as process:
        output, _ = process.communicate(timeout=TIMEOUT_S)
    return Run(process.returncode, output)


@contextmanager
def started(
    name: str,
    *arguments: str,
    inventory: str = "kind",
    limit: str = "shop",
    variables: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Start a playbook in a process group of its own; what still runs at the end is killed.

    variables: for ``-e``. environment: added to ours.
    """
    command = [str(ANSIBLE_PLAYBOOK), str(_path(name)), "-i", f"inventories/{inventory}"]
    command += ["--limit", limit, *arguments, "-e", json.dumps(dict(variables or {}))]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process, signal.SIGKILL)
        if process.stdout:
            process.stdout.close()


def end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to the playbook and all its workers, as a terminal or an OOM killer would."""
    if process.poll() is None:
        os.killpg(process.pid, number)
        process.wait(timeout=60)


def read_until(process: subprocess.Popen[str], text: str, timeout_s: float = 180) -> str:
    """Return the output up to the line that holds ``text``."""
    seen: list[str] = []
    deadline = time.monotonic() + timeout_s
    assert process.stdout is not None
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return "".join(seen)
        assert time.monotonic() < deadline, f"no {text!r} within {timeout_s} s:\n{''.join(seen)}"
    raise AssertionError(f"ended without {text!r}:\n{''.join(seen)}")


def _path(name: str) -> Path:
    path = Path(name)
    return path if path.is_absolute() else ROOT / "playbooks" / f"{name}.yml"
