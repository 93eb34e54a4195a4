# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systems resolve in every tier, the checks find nothing in them, and no patch was needed."""

from __future__ import annotations

import pytest
import yaml

from tests.acceptance.systems import ROOT, SYSTEMS, system, tiers

PLACES = [(name, tier) for name in SYSTEMS for tier in tiers(name)]


@pytest.mark.parametrize(("name", "tier"), PLACES)
def test_the_checks_find_nothing(name: str, tier: str) -> None:
    whole = system(name, tier)
    assert [str(one) for one in whole.findings] == []
    assert len(whole.objects) > 10


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_one_readable_file(name: str) -> None:
    text = (ROOT / "stacks" / f"{name}.yml").read_text("utf-8")
    stack = yaml.safe_load(text)
    assert "patches" not in stack
    assert "waivers" not in stack
    assert len(text.splitlines()) <= 230


def test_ph_23_all_environments_render() -> None:
    assert tiers("philotes") == ["dev", "prod", "staging"]
    for tier in tiers("philotes"):
        assert {"api", "worker", "lakekeeper"} <= set(system("philotes", tier).of("Deployment"))
