# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K14: without the marker new pods wait and the old ones serve; with it they start."""

from __future__ import annotations

import time

from tests.kill.app import App
from tests.kill.town import counting


def test_new_pods_wait_for_the_marker_and_old_ones_stay(database, eventually, record_property):
    script = counting(2)
    marker = database.deploy(script, "no-preflight", state="query").only()["marker"]
    app = App(database)
    eventually(lambda: app.ready("old"), within_s=120)

    app.roll({"name": marker, "key": "passed"})
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    time.sleep(10)
    assert (app.ready("old"), app.ready("new")) == (True, False)

    assert database.deploy(script).only()["marker"] == marker
    began = time.monotonic()
    eventually(lambda: app.ready("new"), within_s=180)
    record_property("seconds from marker to ready", round(time.monotonic() - began, 1))


def test_control_without_the_reference_new_pods_start_unmigrated(database, eventually):
    app = App(database)
    app.roll(None)
    eventually(lambda: app.ready("new"), within_s=120)
    assert database.records() == {}
