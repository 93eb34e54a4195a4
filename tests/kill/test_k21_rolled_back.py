# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K21: a roll-out fails after phase pre: one may go back; after phase post one may not."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import steps

from tests.kill.app import App
from tests.kill.releases import deploy, run


def gate(entry: dict, key: str = "passed") -> dict:
    return {"name": entry["marker"], "key": key}


def test_back_is_allowed_until_the_newer_release_contracted(database, eventually):
    one, app = run(database, "one", "pre"), App(database)
    app.roll(gate(one))
    eventually(lambda: app.ready("new"), within_s=180)

    two = run(database, "two", "pre")
    app.roll(gate(two, "a-key-that-is-not-there"))
    eventually(lambda: "CreateContainerConfigError" in app.reasons("new"), within_s=120)
    assert deploy(database, "one", "pre") == ("skipped", "")
    app.roll(gate(one))
    eventually(lambda: app.settled(one["marker"]), within_s=120)

    app.roll(gate(two))
    eventually(lambda: app.settled(two["marker"]), within_s=180)
    assert deploy(database, "two", "post") == ("passed", "")
    assert deploy(database, "one", "pre") == ("failed", "backwards")
    assert database.runs() == 3


def test_control_without_the_floor_it_goes_back_to_a_schema_that_is_gone(database, monkeypatch):
    monkeypatch.setattr(steps, "contract_floor", lambda *given: "")
    for tag, phase in (("one", "pre"), ("two", "pre"), ("two", "post")):
        assert deploy(database, tag, phase) == ("passed", "")
    assert deploy(database, "one", "pre") == ("skipped", "")
