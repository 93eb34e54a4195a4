# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K17: a quota of 0 or an admission policy lets no pod be made: told within 45 seconds."""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles

from tests.kill.town import counting


@pytest.fixture
def no_more_pods(database):
    """A quota that leaves room for no further pod of priority `none`."""
    town = database.town
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": database.secret}}
    town.create("resourcequotas", body | {"spec": {"hard": {"pods": "0"}}})
    yield
    town.delete("resourcequotas", database.secret)


def test_a_quota_is_named(database, no_more_pods, eventually):
    began = time.monotonic()
    entry = database.deploy(counting(1)).only()

    assert (entry["outcome"], entry["class"]) == ("failed", "no_pod")
    assert "exceeded quota" in entry["sentence"]
    assert time.monotonic() - began < 45


def test_pod_security_is_named(database):
    entry = database.deploy(counting(1), securityContext={"privileged": True}).only()

    assert (entry["outcome"], entry["class"]) == ("failed", "no_pod")
    assert "violates PodSecurity" in entry["sentence"]
    assert database.started() == 0


@pytest.mark.parametrize("privileged", [False, True], ids=["quota", "pod-security"])
def test_control_unless_it_is_given_up_it_waits_for_a_pod_that_never_comes(
    database, request, monkeypatch, privileged
):
    if not privileged:
        request.getfixturevalue("no_more_pods")
    monkeypatch.setattr(Obstacles, "mind", lambda self, job, seen: None)
    entry = database.run(counting(1), timeout=8, securityContext={"privileged": privileged})

    assert entry["class"] == "in_progress"
    assert "quota" not in entry["sentence"]
    assert (database.pods(), database.records()) == ([], {})
