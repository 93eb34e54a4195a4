# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server that is away for a minute, cuts connections, and forgets versions (410)."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.health.faults import deployment, from_secret, probed
from tests.integration.health.proxy import Proxy
from tests.integration.health.test_meanwhile import QUICK, later

pytestmark = pytest.mark.slow  # four minutes together

AWAY_FROM_S, AWAY_S = 22, 60


@pytest.fixture
def unsteady(client):
    """A way to the API server that is cut every five seconds, and closed for a minute."""
    with Proxy(client) as proxy:
        timers = [later(second, proxy.cut) for second in range(5, 120, 5)]
        timers.append(later(AWAY_FROM_S, proxy.refuse))
        timers.append(later(AWAY_FROM_S + AWAY_S, proxy.accept))
        yield proxy
        for timer in timers:
            timer.cancel()


@pytest.fixture
def forgotten(monkeypatch):
    """Every second watch asks for the first version of all, which the API server has forgotten.

    Returns the answers' codes.
    """
    codes, watch = [], Client.stream

    def stream(self, path, *, query, **options):
        codes.append(0)
        mine = len(codes) - 1
        if mine % 2:
            query = query | {"resourceVersion": "1"}
        try:
            for line in watch(self, path, query=query, **options):
                codes[mine] = 410 if '"code":410' in line else codes[mine]
                yield line
        except ApiError as error:
            codes[mine] = error.status
            raise

    monkeypatch.setattr(Client, "stream", stream)
    return codes


def test_what_becomes_ready_meanwhile_is_ready(bench, unsteady, forgotten):
    entry = bench.apply(probed("/tmp/ready"))
    timer = later(40, lambda: bench.apply(deployment({"readinessProbe": QUICK})))
    outcome = bench.wait(entry, host=unsteady.address, timeout=120.0)
    timer.join()
    assert outcome.result["failed"] is False, outcome.seen
    assert AWAY_FROM_S + AWAY_S < outcome.seconds < AWAY_FROM_S + AWAY_S + 15, outcome.seen
    assert "nothing is known any more" in outcome.seen
    assert forgotten.count(410) > 2


def test_what_fails_meanwhile_has_failed(bench, unsteady, forgotten):
    entry = bench.apply(probed("/tmp/ready"))
    missing = deployment({"env": from_secret("missing", "password")})
    timer = later(40, lambda: bench.apply(missing))
    outcome = bench.wait(entry, host=unsteady.address, timeout=120.0)
    timer.join()
    assert outcome.last["status"] == "failed", outcome.seen
    assert 'Secret "missing" does not exist' in outcome.result["msg"]
    assert forgotten.count(410) > 2


def test_control_a_shorter_patience_ends_without_an_answer(bench, unsteady):
    entry = bench.apply(probed("/tmp/ready"))
    outcome = bench.wait(entry, host=unsteady.address, timeout=30.0)
    assert outcome.result["failed"] is True, outcome.seen
    assert outcome.last["status"] != "ready"
    assert 50 < outcome.seconds < 75, outcome.seen
