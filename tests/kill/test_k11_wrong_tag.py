# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K11: a tag that does not exist is told as what it is, within 90 seconds."""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations.obstacles import Obstacles

from tests.kill.town import counting


def test_the_image_is_named(database):
    began = time.monotonic()
    entry = database.deploy(
        counting(1), image="registry.test:5000/shop:no-such-tag", imagePullPolicy="Always"
    ).only()

    assert (entry["outcome"], entry["class"]) == ("failed", "image_pull")
    assert "registry.test:5000/shop:no-such-tag cannot be pulled" in entry["sentence"]
    assert time.monotonic() - began < 90
    (record,) = database.records().values()
    assert (record["class"], "passed" in record) == ("image_pull", False)


@pytest.mark.slow
def test_the_given_up_job_cannot_start_later_and_the_next_run_passes(database):
    wrong = {"image": "registry.test:5000/shop:no-such-tag"}
    database.deploy(counting(1), **wrong).only()
    assert [pod for pod in database.pods() if pod["status"]["phase"] == "Pending"] == []

    entry = database.deploy(counting(1)).only()
    assert (entry["outcome"], entry["sequence"], database.runs()) == ("passed", 2, 1)


def test_control_unless_it_is_given_up_the_job_hangs_and_nobody_says_why(database, monkeypatch):
    monkeypatch.setattr(Obstacles, "mind", lambda self, job, seen: None)
    entry = database.run(counting(1), timeout=8, image="registry.test:5000/shop:no-such-tag")
    assert entry["class"] == "in_progress"
    assert "registry.test" not in entry["sentence"]
    (job,) = database.jobs()
    assert not job["status"].get("conditions")
