# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K22: the migration fails on a fresh install: nothing starts; corrected, it converges."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import classify

from tests.kill.app import App
from tests.kill.town import counting

WRONG = "psql $DATABASE_URL -v ON_ERROR_STOP=1 -c 'select 1; selec 2'"


def test_a_failed_migration_lets_no_new_pod_start(database, eventually):
    wrong = database.deploy(WRONG).only()
    assert (wrong["outcome"], wrong["class"]) == ("failed", "app_exit")
    assert "syntax error" in wrong["log_tail"]
    app = App(database)
    app.roll({"name": wrong["marker"], "key": "passed"})
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    assert not app.ready("new")

    right = database.deploy(counting(1)).only()
    app.roll({"name": right["marker"], "key": "passed"})
    eventually(lambda: app.ready("new"), within_s=180)
    assert (right["sequence"], right["outcome"]) == (2, "passed")


def test_control_if_a_failure_left_a_marker_the_app_would_start_on_it(
    database, eventually, monkeypatch
):
    monkeypatch.setattr(classify.Verdict, "passed", True)
    wrong = database.run(WRONG)
    app = App(database)
    app.roll({"name": wrong["marker"], "key": "passed"})
    eventually(lambda: app.ready("new"), within_s=120)
    assert database.records()[wrong["marker"]]["class"] == "app_exit"
