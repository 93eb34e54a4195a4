# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that take minutes to be certain, on the real cluster, each with its control."""

from __future__ import annotations

import pytest

from tests.integration.health.faults import IMAGE, Fault, deployment, probed
from tests.integration.health.test_faults import assert_told, tried

pytestmark = pytest.mark.slow  # four minutes together

NOBODY_LISTENS = 5078


def crashing_after_a_minute(bad):
    obj = probed("/nowhere" if bad else "/etc")
    (container,) = obj["spec"]["template"]["spec"]["containers"]
    container["command"] = ["sh", "-c", "sleep 60; exit 3" if bad else "sleep 3600"]
    return [obj]


SLOW_FAULTS = {
    "registry unreachable": Fault(
        lambda bad: [deployment({"image": f"localhost:{NOBODY_LISTENS}/api:9" if bad else IMAGE})],
        "failed",
        "ImagePullError",
        rf'image "localhost:{NOBODY_LISTENS}/api:9" cannot be pulled: .*connection refused',
        within_s=130,
    ),
    "crash after a minute": Fault(
        crashing_after_a_minute,
        "failed",
        "CrashLoop",
        r"container api of pod api-\S+: it exits with code 3 after 6\d s, 2 restarts",
        sign="exits",
        within_s=150,
        timeout_s=400,
    ),
}


@pytest.fixture(scope="module")
def outcomes(side_by_side):
    return side_by_side({name: tried(fault) for name, fault in SLOW_FAULTS.items()})


@pytest.mark.parametrize("name", SLOW_FAULTS)
def test_fault(outcomes, name):
    bad, _good = outcomes[name]
    assert_told(SLOW_FAULTS[name], bad)
    print(f"{name}: told {bad.seconds:.0f} s after the apply")


@pytest.mark.parametrize("name", SLOW_FAULTS)
def test_without_the_fault_it_becomes_ready(outcomes, name):
    _bad, good = outcomes[name]
    assert good.result["failed"] is False, good.seen
