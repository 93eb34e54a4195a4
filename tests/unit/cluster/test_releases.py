# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release files that name the images which were built here."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster import images
from cluster.paths import EXAMPLES, ROOT


def test_an_example_is_a_stack_of_its_own() -> None:
    assert images.releases(EXAMPLES / "shop") == {"shop": {"shop": "shop"}}


def test_a_release_names_only_images_of_its_stack() -> None:
    released = images.releases(EXAMPLES / "reference")
    assert released
    for stack, names in released.items():
        document = yaml.safe_load((ROOT / "stacks" / f"{stack}.yml").read_text())
        assert set(names) <= document["images"].keys()


def test_a_release_says_which_image_each_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(images, "RELEASES", tmp_path)
    for _ in range(2):
        images.write_release("hub", {"api": "slipway/reference:abc", "db": "slipway/postgres:17"})
    written = yaml.safe_load((tmp_path / "hub.yml").read_text())
    api = {"repo": "slipway/reference", "tag": "abc", "content_addressed": True}
    db = {"repo": "slipway/postgres", "tag": "17", "content_addressed": True}
    assert written == {"images": {"api": api, "db": db}}
    assert capsys.readouterr().out.count("hub.yml") == 1
