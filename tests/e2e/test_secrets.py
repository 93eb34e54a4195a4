# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotated secret restarts the pods that use it, and the rehearsal says so."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Variables
from tests.e2e.running import playbook


def with_password(variables: dict[str, Any], password: str) -> dict[str, Any]:
    return {**variables, "infra_secret_values": {"admin": {"password": password}}}


def test_a_rotated_secret_is_rehearsed_and_rolled_out(small: Variables) -> None:
    variables = small(secrets={"admin": {"driver": "given"}})
    playbook("site", variables=with_password(variables, "first-of-two")).succeeded()
    rotated = with_password(variables, "second-of-two")
    rehearsed = playbook("site", "--check", variables=rotated).succeeded()
    run = playbook("site", variables=rotated).succeeded()
    assert "would be configured: Deployment users" in rehearsed.output
    assert "configured Deployment users" in run.output
    # The record of the release holds no secret, so this is no new release.
    assert rehearsed.changed == run.changed == 2, run.output
    assert "of-two" not in rehearsed.output + run.output
