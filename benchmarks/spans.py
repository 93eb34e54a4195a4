# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook under profiled.py and reads its spans."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.commands import Command, Ran, run
from benchmarks.place import WORK
from cluster.paths import ROOT


@dataclass(frozen=True, slots=True)
class Span:
    """A time that one process spent in something, see profiled.py; seconds of one clock."""

    what: str
    start: float
    end: float
    process: int


def profiled(command: Command, *, line: Callable[[str], object] = len) -> tuple[Ran, list[Span]]:
    """Run a command that is an ansible-playbook, see `run`; returns its spans, too."""
    notes = WORK / "spans.jsonl"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.unlink(missing_ok=True)
    argv = (sys.executable, ROOT / "benchmarks" / "profiled.py", *command.argv[1:])
    ran = run(Command(argv, {**command.environment, "PROFILE": str(notes)}), line=line)
    return ran, read(notes)


def read(notes: Path) -> list[Span]:
    """Return all spans of a file; none if nothing of ours ran."""
    lines = notes.read_text("utf-8").splitlines() if notes.exists() else []
    return [Span(**_fields(json.loads(line))) for line in lines]


def _fields(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("what", "start", "end", "process")}


def seconds(spans: Iterable[Span], what: str) -> float:
    """Return for how long anything of that name went on: what overlaps counts once."""
    total, until = 0.0, float("-inf")
    for span in sorted((span for span in spans if span.what == what), key=lambda one: one.start):
        total += max(0.0, span.end - max(span.start, until))
        until = max(until, span.end)
    return total
