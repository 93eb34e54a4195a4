# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Artifacts appear whole or not at all, and are made once."""

from __future__ import annotations

import os

import pytest

from cluster import cache


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SLIPWAY_CACHE", str(tmp_path))
    return tmp_path


def test_made_once(folder):
    made = []

    def make(path):
        made.append(path)
        path.write_text("content")

    first = cache.artifact("bin", "tool", "abc", make)
    assert cache.artifact("bin", "tool", "abc", make) == first == folder / "bin" / "tool-abc"
    assert first.read_text() == "content"
    assert len(made) == 1


def test_a_failed_build_leaves_nothing(folder):
    def fail(path):
        path.write_text("half")
        raise RuntimeError("no space left")

    with pytest.raises(RuntimeError):
        cache.artifact("bin", "tool", "abc", fail)
    assert [path.name for path in (folder / "bin").iterdir()] == [".tool.lock"]


def test_old_ones_of_the_same_name_go(folder):
    for age, key in enumerate("edcba"):
        path = cache.artifact("images", "shop", key, lambda path: path.write_text("x"))
        os.utime(path, (1000 + age, 1000 + age))
    cache.artifact("images", "shop-admin", "a", lambda path: path.write_text("x"))
    left = sorted(path.name for path in (folder / "images").glob("[!.]*"))
    assert left == ["shop-a", "shop-admin-a", "shop-b", "shop-c"]


def test_what_a_killed_build_left_goes(folder):
    (folder / "bin" / ".tool-abc-killed").mkdir(parents=True)
    cache.artifact("bin", "tool", "abc", lambda path: path.write_text("x"))
    assert sorted(path.name for path in (folder / "bin").iterdir()) == [".tool.lock", "tool-abc"]
