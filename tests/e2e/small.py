# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the small stack ask of it."""

from __future__ import annotations

from typing import Any

from tests.e2e.running import Run, playbook
from tests.e2e.shop_client import ShopClient


def namespace_of(variables: dict[str, Any]) -> str:
    """Return where the small stack goes."""
    return str(variables["stack_env"]["namespace"])


def works(variables: dict[str, Any]) -> None:
    """Ask the small stack for something that only a migrated database can answer."""
    site = ShopClient(f"http://{namespace_of(variables)}.localhost:8080")
    answer = site.request("POST", "/users/login", {"username": "nobody", "password": "not that"})
    assert answer.status == 401, answer


def converges(variables: dict[str, Any]) -> Run:
    """Deploy, see it work, and deploy again without a change."""
    run = playbook("site", variables=variables).succeeded()
    works(variables)
    again = playbook("site", variables=variables).succeeded()
    assert again.changed == 0, again.output
    return run
