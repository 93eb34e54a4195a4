# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systems resolve in every tier, the checks find nothing in them, and no patch was needed."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Level

from tests.acceptance.systems import INVENTORIES, ROOT, SYSTEMS, system

PLACES = [(name, tier) for name in SYSTEMS for tier in INVENTORIES]


@pytest.mark.parametrize(("name", "tier"), PLACES)
def test_the_checks_find_nothing(name: str, tier: str) -> None:
    whole = system(name, tier)
    assert [str(one) for one in whole.findings if one.level is not Level.DRAFT] == []
    assert len(whole.objects) > 10


@pytest.mark.parametrize(("name", "tier"), PLACES)
def test_all_but_test_clusters_have_placeholders(name: str, tier: str) -> None:
    drafts = [one for one in system(name, tier).findings if one.level is Level.DRAFT]
    assert bool(drafts) == (tier != "dev")


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_one_readable_file(name: str) -> None:
    text = (ROOT / "stacks" / f"{name}.yml").read_text("utf-8")
    stack = yaml.safe_load(text)
    assert "patches" not in stack
    assert "waivers" not in stack
    assert len(text.splitlines()) <= 230


def test_ph_23_all_environments_render() -> None:
    for tier in INVENTORIES:
        assert {"api", "worker", "lakekeeper"} <= set(system("philotes", tier).of("Deployment"))
