# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build sees decides an image's tag."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from cluster import cache, dockerignore

SHOP = ["*", "!shop", "**/__pycache__"]
KEEPS = {
    "no patterns": ("README.md", [], True),
    "all but one folder: inside": ("shop/users.py", SHOP, True),
    "all but one folder: outside": ("tests/test_users.py", SHOP, False),
    "a later pattern wins": ("shop/__pycache__/users.pyc", SHOP, False),
    "a star": ("a.md", ["*.md"], False),
    "a star does not cross a slash": ("docs/a.md", ["*.md"], True),
    "two stars cross it": ("docs/deep/a.md", ["**/*.md"], False),
    "two stars match none": ("a.md", ["**/*.md"], False),
    "a folder takes its files": ("docs/deep/a.md", ["docs/"], False),
    "a question mark is one character": ("a1.md", ["a?.md"], False),
    "a set": ("a1.md", ["a[0-9].md"], False),
    "dots are dots": ("axmd", ["a.md"], True),
}


@pytest.mark.parametrize("case", KEEPS)
def test_keeps(case):
    path, patterns, kept = KEEPS[case]
    assert dockerignore.keeps(PurePosixPath(path), patterns) is kept


def test_parse_leaves_comments_out():
    assert dockerignore.parse("# why\n\n*\n!shop\n") == ["*", "!shop"]


@pytest.fixture
def context(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".dockerignore").write_text("*\n!shop\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "users.py").write_text("users = []\n")
    return tmp_path


CHANGES = {
    "code": ("shop/users.py", "users = [1]\n", True),
    "a new file": ("shop/orders.py", "", True),
    "the Dockerfile": ("Dockerfile", "FROM debian\n", True),
    "the README": ("README.md", "a shop", False),
    "a trace of running it": ("shop/__pycache__/users.pyc", "x", False),
}


@pytest.mark.parametrize("case", CHANGES)
def test_digest_follows_what_the_build_sees(context, case):
    name, text, changes = CHANGES[case]
    before = cache.digest_tree(context)
    (context / name).parent.mkdir(exist_ok=True)
    (context / name).write_text(text)
    assert (cache.digest_tree(context) != before) is changes


def test_digest_follows_the_executable_bit(context):
    before = cache.digest_tree(context)
    (context / "shop" / "users.py").chmod(0o755)
    assert cache.digest_tree(context) != before


def test_digest_knows_its_parts_apart():
    assert cache.digest("ab", "c") != cache.digest("a", "bc")
