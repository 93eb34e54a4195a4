# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading YAML: marks, and files that want to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import MAX_BYTES, parse, read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import mark_at, plain

TEXT = """\
schema: stack/v1
workloads:
  api:
    args: [serve, "8"]
    env: {A: "1",
          B: "2"}
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 8)}]\n"
    for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("schema",), "demo.yml:1:1"),
        (("workloads", "api"), "demo.yml:3:3"),
        (("workloads", "api", "args", 1), "demo.yml:4:19"),
        (("workloads", "api", "env", "B"), "demo.yml:6:11"),
        (("workloads", "api", "nothing", "here"), "demo.yml:3:3"),
    ],
)
def test_marks(path: tuple[str | int, ...], place: str) -> None:
    node, findings = parse(TEXT, shown="demo.yml", layer="stack")
    assert not findings
    assert str(mark_at(node, path)) == place


def test_values_are_typed_as_yaml_does() -> None:
    node, _none = parse("a: [1, 1.5, true, null, '1', x]", shown="demo.yml", layer="stack")
    assert plain(node) == {"a": [1, 1.5, True, None, "1", "x"]}


@pytest.mark.parametrize("content", ["", "# nothing but a comment\n", "---\n"])
def test_an_empty_file_is_an_empty_map(content: str) -> None:
    node, findings = parse(content, shown="demo.yml", layer="stack")
    assert (plain(node) or {}, [str(finding) for finding in findings]) in (
        ({}, []),
        ({}, ["the file must be a map (demo.yml:1:1)."]),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "anchors are not read"),
        ("a: " + "[" * 100_000, "this is no YAML"),
        ("a: " + "[" * 900 + "]" * 900, "nested more than 50 levels deep"),
        ("\x00", "this is no YAML"),
        (b"\xff\xfe\xfa", "this is no YAML"),
        ("a: !!python/object:os.system x", "YAML reads this as a"),
        ("? [a]\n: b", "a key is no text"),
        ("- a\n- b", "the file must be a map"),
        ("a: 1\n---\na: 2", "more than one document"),
    ],
    ids=["bomb", "open", "deep", "null", "bytes", "object", "list as key", "list", "documents"],
)
def test_hostile_input_is_a_finding(content: str | bytes, message: str) -> None:
    _node, findings = parse(content, shown="demo.yml", layer="stack")
    assert findings
    assert message in str(findings[0])


def test_a_bomb_is_read_once() -> None:
    node, _none = parse(BOMB, shown="demo.yml", layer="stack")
    assert plain(node)["i"] == [None] * 8


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"Cannot read the stack file demo.yml: No such file"):
        read(tmp_path / "demo.yml", shown="demo.yml", layer="stack")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "demo.yml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(StackError, match=r"demo.yml is larger than 1000000 bytes"):
        read(path, shown="demo.yml", layer="stack")
