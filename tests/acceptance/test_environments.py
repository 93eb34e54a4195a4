# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories differ where an owner would expect it, and the docs say where."""

from __future__ import annotations

import pytest

from tests.acceptance.systems import ROOT, SYSTEMS
from tools.environments import PAGE, page


def test_the_docs_tell_every_difference() -> None:
    assert PAGE.read_text("utf-8") == page(), "run tools/environments.py"


@pytest.mark.parametrize("name", SYSTEMS)
def test_kind_and_minikube_say_the_same_of_a_stack(name: str) -> None:
    kind, minikube = (
        (ROOT / "inventories" / inventory / "host_vars" / f"{name}.yml").read_text("utf-8")
        for inventory in ("kind", "minikube")
    )
    assert kind == minikube
