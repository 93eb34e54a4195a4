# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K24: the holder of phase post is killed: markers survive, and the next release is refused."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import steps

from tests.kill.deployer import Deployer
from tests.kill.releases import deploy, params


def kill_in_post(database) -> None:
    assert deploy(database, "one", "pre") == ("passed", "")
    holder = Deployer(params(database, "one", "post", post_s=15))
    holder.says("first line post-one")
    holder.kill()


def test_the_next_release_is_refused_until_it_ended(database):
    kill_in_post(database)
    marker = [name for name, data in database.records().items() if "passed" in data]
    assert len(marker) == 1
    assert deploy(database, "two", "pre") == ("failed", "owed")


def test_control_without_the_note_the_next_release_begins(database, monkeypatch):
    kill_in_post(database)
    monkeypatch.setattr(steps, "due", lambda *given: [])
    assert deploy(database, "two", "pre") == ("passed", "")
