# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's own playbook with nothing but health_wait, both in-process and as a module."""

from __future__ import annotations

import pytest

from tests.integration.health.faults import deployment, from_secret
from tests.integration.playbook import ACTION, MODULE

PLAY = """
- hosts: shop
  gather_facts: false
  tasks:
    - name: Wait for the API
      slipway.stack.health_wait:
        namespace: {namespace}
        resources:
          - {{api_version: apps/v1, kind: Deployment, name: api}}
"""
EVERY_TIME = {"since", "last", "at", "seconds_to_ready"}


def without_times(value):
    """The result, but for what differs from run to run."""
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key not in EVERY_TIME}
    return [without_times(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def both(bench, playbook):
    """Run the play in-process and as a module; return both runs."""

    def run(*options):
        text = PLAY.format(namespace=bench.namespace)
        return [playbook(text, *options, path=path) for path in (ACTION, MODULE)]

    return run


def test_ready(bench, both):
    bench.wait(bench.apply(deployment({})))
    action, module = both()
    assert action.returncode == module.returncode == 0, module.output
    results = [run.tasks["Wait for the API"] for run in (action, module)]
    assert results[0]["msg"].startswith("it is ready after")
    assert [len(one["ready"]) for one in results] == [1, 1]
    shapes = [without_times(one["resources"]) for one in results]
    assert shapes[0] == shapes[1]
    assert "shop:   0." in action.output  # the live line, with the host's name before it


def test_failed(bench, both):
    bench.apply(deployment({"env": from_secret("missing", "password")}))
    action, module = both()
    assert action.returncode == module.returncode == 2, module.output
    results = [run.tasks["Wait for the API"] for run in (action, module)]
    for one in results:
        assert 'Secret "missing" does not exist' in one["msg"]
        assert [name.rpartition("/")[2] for name in one["failures"]] == ["api"]
    assert set(results[0]) - set(results[1]) <= {"_ansible_no_log", "_ansible_verbose_always"}
    assert "STATUS  KIND        NAME  WHY" in action.output


def test_check_mode(bench, both):
    bench.apply(deployment({"env": from_secret("missing", "password")}))
    for run in both("--check"):
        assert run.returncode == 0, run.output
        assert run.tasks["Wait for the API"]["msg"].startswith("0 of 1 ready now; not ready")


def test_in_the_background(bench, playbook):
    """With `async` the task runs as a module that outlives its worker."""
    bench.wait(bench.apply(deployment({})))
    text = PLAY.format(namespace=bench.namespace).rstrip() + "\n      async: 60\n      poll: 1\n"
    run = playbook(text, path=ACTION)
    assert run.returncode == 0, run.output
    assert run.tasks["Wait for the API"]["ready"] == [f"Deployment {bench.namespace}/api"]
