# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K6: an older release after a newer one that has contracted the schema: refused."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import steps

from tests.kill.releases import deploy


def play_two_releases(database) -> None:
    for tag in ("one", "two"):
        assert [deploy(database, tag, phase) for phase in ("pre", "post")] == [("passed", "")] * 2
    assert database.runs() == 4


def test_it_is_refused(database):
    play_two_releases(database)
    assert deploy(database, "one", "pre") == ("failed", "backwards")
    assert database.runs() == 4


def test_control_without_the_floor_it_is_let_through(database, monkeypatch):
    monkeypatch.setattr(steps, "contract_floor", lambda *given: "")
    play_two_releases(database)
    assert deploy(database, "one", "pre") == ("skipped", "")
