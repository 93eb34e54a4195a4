# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K13: Job and pod are long gone, as after their TTL: the record skips the run, pods start."""

from __future__ import annotations

from tests.kill.app import App
from tests.kill.town import counting

SCRIPT = counting(0)


def run_and_forget(database, eventually, *broken: str) -> dict:
    """Run the migration and delete its Job, as the cluster does after a day."""
    entry = database.deploy(SCRIPT, *broken).only()
    path = database.town.path("jobs", entry["job"], "apis/batch/v1")
    database.town.client.request("DELETE", path, query={"propagationPolicy": "Foreground"})
    eventually(lambda: not database.jobs(), within_s=90)
    return entry


def test_the_record_is_enough(database, eventually):
    run_and_forget(database, eventually)

    again = database.deploy(SCRIPT).only()
    other = database.deploy(counting(0, tag="b")).only()

    assert [again["outcome"], other["outcome"]] == ["skipped", "passed"]
    assert (other["sequence"], database.runs()) == (2, 2)


def test_control_without_the_record_it_runs_again(database, eventually):
    run_and_forget(database, eventually)

    deployer = database.deploy(SCRIPT, "no-records")
    eventually(lambda: database.runs() == 2, within_s=60, every_s=1)
    deployer.kill()


def rolled(database, eventually, *broken: str) -> App:
    """Return an app that serves on the marker of a migration whose Job is gone."""
    app = App(database)
    entry = database.deploy(SCRIPT, *broken).only()
    app.roll({"name": entry["marker"], "key": "passed"})
    eventually(lambda: app.settled(entry["marker"]), within_s=180)
    run_and_forget(database, eventually, *broken)
    return app


def test_pods_start_for_ever(database, eventually):
    app = rolled(database, eventually)
    app.scale(3)
    eventually(lambda: app.ready_pods("new") == 3, within_s=120)
    before = app.evict()
    eventually(lambda: app.ready_pods("new", besides=before) == 3, within_s=120)
    app.scale(0)
    eventually(lambda: not app.pods(), within_s=60)
    app.scale(1)
    eventually(lambda: app.ready("new"), within_s=120)
    assert database.runs() == 1


def test_control_a_marker_that_goes_with_its_job_lets_no_pod_start(database, eventually):
    app = rolled(database, eventually, "owned-records")
    eventually(lambda: not database.records(), within_s=60)
    app.scale(0)  # a kubelet remembers an immutable ConfigMap while a pod of its node uses it
    eventually(lambda: not app.pods(), within_s=60)
    app.scale(1)
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    assert not app.ready("new")
