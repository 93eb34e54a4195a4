# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ended in the middle, or two at once: the next run converges."""

from __future__ import annotations

import json
import signal
import threading

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.e2e.conftest import Variables
from tests.e2e.running import Run, end, playbook, read_until, started
from tests.e2e.small import converges, namespace_of


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["sigint", "sigkill"])
@pytest.mark.parametrize(
    "moment",
    ["created StatefulSet", "migrate-users", "created Deployment"],
    ids=["infra", "migration", "roll-out"],
)
def test_killed_and_run_again(small: Variables, moment: str, number: signal.Signals) -> None:
    slow = {"migrate_users": {"env": {"FAULT_MIGRATION_SLOW_S": "2"}}}
    variables = small(migrations=slow)
    with started("site", variables=variables) as process:
        read_until(process, moment)
        end(process, number)
    assert process.returncode != 0
    converges(variables)


def test_two_runs_at_once(small: Variables, client: Client) -> None:
    variables = small()
    runs: list[Run] = []
    threads = [
        threading.Thread(target=lambda: runs.append(playbook("site", variables=variables)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.succeeded()
    jobs = client.request(
        "GET",
        f"/apis/batch/v1/namespaces/{namespace_of(variables)}/jobs",
        query={"labelSelector": "app.kubernetes.io/component=migration"},
    )
    assert len(jobs["items"]) == 1, json.dumps(jobs["items"])
    converges(variables)
