# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes each feature out of a copy of the checkout and runs its criteria's live tests there.

They must turn red: one that stays green tests something else. Afterwards the systems are deployed
again as they should be. Arguments choose criteria, such as ``AH-4 MA-5``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.e2e.running import ROOT, playbook

FEATURES = Path(__file__).parent / "features.yml"
LINKED = (".venv", ".cluster", "build/release")
COLLECTION = Path(".collections/ansible_collections/slipway/stack")
ALL_FIVE = {"file": "tests/acceptance/live/conftest.py", "text": 'limit="all"'}
RED = 1  # pytest: tests were run, and some failed


@dataclass(frozen=True, slots=True)
class Control:
    """One feature. edits: file, text and what stands there instead; fresh: see features.yml."""

    feature: str
    system: str
    criteria: list[str]
    edits: list[dict[str, str]]
    fresh: bool = False

    @property
    def tests(self) -> str:
        """The criteria's tests, as pytest chooses them."""
        return " or ".join(map(beginning, self.criteria))


def beginning(criterion: str) -> str:
    """Return how the names of a criterion's tests begin."""
    return f"test_{criterion.lower().replace('-', '_')}_"


def chosen(criteria: list[str]) -> list[Control]:
    """Return the controls of these criteria, all of them if none are named."""
    every = [Control(**one) for one in yaml.safe_load(FEATURES.read_text("utf-8"))]
    return [one for one in every if not criteria or set(criteria) & set(one.criteria)]


def copied(place: Path) -> None:
    """Copy what git knows of; share the cluster, the interpreter and the built images' names."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    for name in names.stdout.decode().rstrip("\0").split("\0"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)
    for name in LINKED:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).symlink_to((ROOT / name).resolve())
    (place / COLLECTION).parent.mkdir(parents=True)
    (place / COLLECTION).symlink_to(place)


def edited(place: Path, edits: list[dict[str, str]]) -> None:
    """Take the feature out. Raises ValueError where its text is not there exactly once."""
    for edit in edits:
        path = place / edit["file"]
        text = path.read_text("utf-8")
        if text.count(edit["text"]) != 1:
            raise ValueError(f"{edit['file']} does not hold once: {edit['text']}")
        path.write_text(text.replace(edit["text"], edit["instead"]), "utf-8")


def verdict(control: Control) -> tuple[bool, str]:
    """Return whether the tests turned red without the feature, and how."""
    with tempfile.TemporaryDirectory(prefix="control-") as folder:
        place = Path(folder)
        copied(place)
        edited(place, [*control.edits, {**ALL_FIVE, "instead": f'limit="{control.system}"'}])
        command = ["pytest", "-q", "--tb=line", "tests/acceptance/live", "-k", control.tests]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines()
    reds = {one for one in control.criteria for line in lines if _red(line, one)}
    return done.returncode == RED and reds == set(control.criteria), lines[-1]


def _red(line: str, criterion: str) -> bool:
    return line.startswith(("FAILED", "ERROR")) and f"::{beginning(criterion)}" in line


def main(criteria: list[str]) -> int:
    """Run the controls; return 1 where a criterion stayed green."""
    controls, green = chosen(criteria), 0
    for control in controls:
        began = time.monotonic()
        if control.fresh:
            data = f"teardown_data={control.system}"
            playbook("teardown", "-e", data, limit=control.system).succeeded()
        is_red, told = verdict(control)
        green += not is_red
        word, named = "red" if is_red else "GREEN", " ".join(control.criteria)
        seconds = time.monotonic() - began
        print(f"{word}  {named}  without {control.feature}: {told} [{seconds:.0f} s]", flush=True)
    for system in sorted({one.system for one in controls}):
        playbook("site", limit=system).succeeded()
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
