# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol, checked by spin in every order of events; and with each guard taken out.

A counterexample is printed, step by step, by `tests/model/show NO_LEASE` (or any -D options).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

MODEL = Path(__file__).with_name("gate.pml")
WHOLE = {
    "two-deployers-one-release": {},
    "two-deployers-two-releases": {"RUNS": 2},
    "three-deployers": {"DEPLOYERS": 3, "KILLS": 0, "FAULTS": 0},
}
LONG = {
    "lease-lost-twice": {"RUNS": 2, "LOSSES": 2},
    "killed-twice": {"KILLS": 2},
    "three-deployers-one-killed": {"DEPLOYERS": 3, "LOSSES": 0, "FAULTS": 0},
}
CONTROLS = {
    "NO_LEASE": "!(marker[release])",
    "NO_SLOT": "!(marker[release])",
    "NO_PODS": "(busy==0)",
    "BELIEVE": "truth",
    "NO_TAKEOVER": "invalid end state",
    "EARLY_TTL": "!(marker[release])",
}
"""What is taken out → the property whose violation must be found."""


def check(folder: Path, **defines: int) -> str:
    """Return what is violated, "" if nothing is: the whole state space was searched."""
    options = [f"-D{name}={value}" for name, value in defines.items()]
    _run(folder, "spin", "-a", *options, str(MODEL))
    _run(folder, "gcc", "-O1", "-DSAFETY", "-DCOLLAPSE", "-w", "-o", "pan", "pan.c")
    told = _run(folder, "./pan", "-m500000", "-n")
    found = re.search(r"pan:1: (?:assertion violated )?(.*?) \(at depth", told)
    assert "max search depth too small" not in told, told
    assert found or "Search not completed" not in told, told
    assert found or re.search(r"errors: 0\b", told), told
    return found[1].strip() if found else ""


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("defines", WHOLE.values(), ids=WHOLE)
def test_no_order_of_events_breaks_a_promise(tmp_path, defines):
    assert check(tmp_path, **defines) == ""


@pytest.mark.slow
@pytest.mark.parametrize("defines", LONG.values(), ids=LONG)
def test_no_longer_story_does_either(tmp_path, defines):
    assert check(tmp_path, **defines) == ""


@pytest.mark.parametrize(("guard", "broken"), CONTROLS.items(), ids=CONTROLS)
def test_control_without_a_guard_the_checker_finds_it(tmp_path, guard, broken):
    assert check(tmp_path, **{guard: 1}) == broken


@pytest.mark.parametrize("guard", ["NO_LEASE", "NO_SLOT"])
def test_control_without_it_two_releases_run_at_once(tmp_path, guard):
    assert check(tmp_path, RUNS=2, ONLY_AT_ONCE=1, **{guard: 1}) == "(busy==0)"
