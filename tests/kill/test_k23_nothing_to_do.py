# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K23: the second identical run and check mode change nothing."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front

from tests.kill.town import counting

SCRIPT = counting(0)


def state(database) -> list[str]:
    """Return every object of the database with its version."""
    kinds = (("jobs", "apis/batch/v1"), ("configmaps", "api/v1"), ("secrets", "api/v1"))
    kinds += (("leases", "apis/coordination.k8s.io/v1"),)
    return [
        f"{kind} {found['metadata']['name']} {found['metadata']['resourceVersion']}"
        for kind, group in kinds
        for found in database.town.found(kind, group=group)
    ]


def run(database, *, check: bool) -> dict:
    return front.run(database.params(SCRIPT), check=check, report=lambda line: None)


def test_check_run_check_run(database):
    results, states = [], []
    for check in (True, False, True, False):
        results.append(run(database, check=check))
        states.append(state(database))

    assert [result["changed"] for result in results] == [True, True, False, False]
    assert [result["migrations"][0]["outcome"] for result in results] == [
        "would_run",
        "passed",
        "skipped",
        "skipped",
    ]
    assert states[1] == states[2] == states[3]
    assert len({result["markers"]["migrate_shop"] for result in results}) == 1


def test_control_if_check_mode_ran_it_everything_would_change(database, monkeypatch):
    real = front._run

    def plan(wishes, params, *, check):
        real(wishes, wishes, wishes[0].store.home, params, lambda line: None)
        return {}

    monkeypatch.setattr(front, "_plan", plan)
    before = state(database)
    run(database, check=True)
    assert (state(database) == before, database.runs()) == (False, 1)


@pytest.fixture
def requests(monkeypatch) -> list[str]:
    """Every request that is sent to the API server, as method and path."""
    sent, send = [], Client._send

    def noted(self, method, path, *arguments, **options):
        sent.append(f"{method} {path}")
        return send(self, method, path, *arguments, **options)

    monkeypatch.setattr(Client, "_send", noted)
    return sent


def test_nothing_to_do_takes_six_requests_at_most(database, requests):
    run(database, check=False)
    assert len(requests) > 6, "otherwise nothing is counted"
    requests.clear()
    assert run(database, check=False)["changed"] is False
    assert 1 <= len(requests) <= 6, requests
