# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/checks: a page for each check, whose examples are run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import CHECKS

from tests.unit import quick_yaml
from tests.unit.stack.checks.telling import told, told_of_change, told_of_objects
from tests.unit.together import hold

DOCS = Path(__file__).parents[4] / "docs"
IDS = [check.id for check in CHECKS]
_BLOCK = re.compile(r"```(yaml|text)\n(.*?)```", re.DOTALL)
_HEADS = ("# stacks/demo.yml\n", "# the inventory\n", "# rendered\n", "# live, then new\n")


def blocks(code: str) -> tuple[list[str], str, list[str]]:
    """Return the failing example of a page, what is told about it, and the mended one."""
    page = (DOCS / "checks" / f"{code}.md").read_text("utf-8")
    found = _BLOCK.findall(page)
    turn = next(index for index, (kind, _text) in enumerate(found) if kind == "text")
    failing, mended = ([text for _kind, text in part] for part in (found[:turn], found[turn + 1 :]))
    return failing, found[turn][1], mended


def say(code: str, example: list[str]) -> str:
    """Return what is told about an example, as people read it."""
    parts: dict[str, Any] = {head: part for part in example for head in _HEADS if head in part}
    assert len(parts) == len(example), "each block begins by saying what it is"
    if _HEADS[3] in parts:
        findings = told_of_change(list(quick_yaml.load_all(parts[_HEADS[3]])))
    elif _HEADS[2] in parts:
        findings = told_of_objects(list(quick_yaml.load_all(parts[_HEADS[2]])), code)
    else:
        findings = told(parts[_HEADS[0]], parts.get(_HEADS[1], ""))
    return "".join(f"{finding}\n" for finding in findings)


def true_to_life(code: str) -> None:
    failing, text, mended = blocks(code)
    assert say(code, failing) == text
    assert say(code, mended) == ""


def test_the_failing_example_is_told_and_the_mended_one_is_sound() -> None:
    hold(true_to_life, [(code, code) for code in IDS])


def test_the_list_is_complete() -> None:
    index = (DOCS / "checks.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d*)\s*\| \[([a-z-]+)\]\(checks/([a-z-]+)\.md\) \| (\w+)", index, re.M)
    assert [(row[1], row[2], row[3]) for row in rows] == [
        (check.id, check.id, str(check.level)) for check in CHECKS
    ]
    assert [int(row[0] or 0) for row in rows] == [check.number for check in CHECKS]
    assert sorted(page.stem for page in (DOCS / "checks").glob("*.md")) == sorted(set(IDS))
