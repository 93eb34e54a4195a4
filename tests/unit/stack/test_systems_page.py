# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/systems.md tells what the stack files say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
_ROW = re.compile(r"^\| .+? \| `([\w.]+): (.+?)` \| .+ \|$", re.MULTILINE)
_FILE = re.compile(r"\(\.\./(stacks/\w+\.yml)\) says")


def sections() -> dict[str, str]:
    """Return the part of the page that belongs to each stack file."""
    text = (ROOT / "docs" / "systems.md").read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {_FILE.findall(part)[0]: part for part in parts}


def said(stack: Any, path: str) -> Any:
    """Return the value at a dotted path of a stack file."""
    for step in path.split("."):
        stack = stack[int(step) if isinstance(stack, list) else step]
    return stack


def test_every_system_has_its_part() -> None:
    assert set(sections()) == {f"stacks/{one.name}" for one in (ROOT / "stacks").glob("*.yml")}


@pytest.mark.parametrize("file", sections())
def test_the_stack_file_says_so(file: str) -> None:
    part, stack = sections()[file], yaml.safe_load((ROOT / file).read_text("utf-8"))
    rows = _ROW.findall(part)
    assert len(rows) == part.count("\n| ") - 1
    for path, value in rows:
        found = said(stack, path)
        assert found == (value if isinstance(found, str) else yaml.safe_load(value)), path
