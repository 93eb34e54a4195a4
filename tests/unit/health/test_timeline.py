# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out as a picture: its rows, its longest wait."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health import timeline
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied, Status
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

from tests.unit.health.scripted import START, Run, change, deployment

EVIL = "<script>alert(1)</script>"


def service_that_uses(database, name="api", ready=0):
    obj = deployment(name, ready=ready)
    address = {"name": "URL", "value": f"postgres://u@{database}:5432/x"}
    obj["spec"]["template"] = {"spec": {"containers": [{"name": name, "env": [address]}]}}
    obj["spec"]["minReadySeconds"] = 1
    return obj


@pytest.fixture
def run():
    """A database that is ready after 8 s, a service after 12 s that uses it, one that never is."""
    wanted = [
        Target(Ref("apps/v1", "Deployment", "shop", name), Applied())
        for name in ("api", "api-db", "web")
    ]
    lists = {"Deployment": [service_that_uses("api-db"), deployment("api-db"), deployment("web")]}
    script = [
        (8.0, change("MODIFIED", deployment("api-db", ready=1))),
        (12.0, change("MODIFIED", service_that_uses("api-db", ready=1))),
    ]
    return Run(lists, script, wanted=wanted, timeout=20)


def rows_of(run):
    return timeline.rows(run.wait.board, run.wait.store, START, run.seconds)


def test_rows_are_in_the_order_of_becoming_ready(run):
    rows = rows_of(run)
    assert [(row.name, row.ready_s) for row in rows] == [
        ("api-db", 8.0),
        ("api", 12.0),
        ("web", None),
    ]
    assert rows[1].uses == ("Deployment api-db",)
    assert [(one.begin, one.end, one.status) for one in rows[0].spans] == [
        (0.0, 8.0, "progressing"),
        (8.0, 20.0, "ready"),
    ]
    assert rows[2].longest.seconds == 20.0


def test_the_longest_wait_goes_from_cause_to_effect(run):
    rows = [row for row in rows_of(run) if row.ready_s is not None]
    assert [row.name for row in timeline.chain(rows)] == ["api-db", "api"]
    assert timeline.chain([]) == []


def test_two_that_use_each_other_end_the_chain():
    spans = (timeline.Span(0, 1, Status.READY, "ready"),)
    one = timeline.Row("a", "Deployment", spans, 1.0, ("Deployment b",))
    two = timeline.Row("b", "Deployment", spans, 2.0, ("Deployment a",))
    assert [row.name for row in timeline.chain([one, two])] == ["a", "b"]


def test_no_text_of_the_cluster_becomes_part_of_the_page(run):
    row = timeline.Row(EVIL, EVIL, (timeline.Span(0, 1, Status.FAILED, EVIL),), None, (EVIL,))
    text = timeline.page.render([row], [row, row], 1.0, START)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_folder_that_is_not_there_is_told(run, tmp_path):
    path = tmp_path / "missing" / "roll-out.html"
    with pytest.raises(HealthError, match="Name a file in a folder that exists"):
        timeline.write(str(path), run.wait.board, run.wait.store, START, 1.0)
