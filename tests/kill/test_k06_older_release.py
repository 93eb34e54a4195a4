# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K06 and K21: an older release after a newer one: allowed until the newer one has contracted."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import front, steps

from tests.kill.town import counting

EXPAND, CONTRACT = "migrate_shop", "contract_shop"


def deploy(database, tag: str, phase: str) -> list[tuple[str, str]]:
    params = database.params(counting(0, tag=tag), name=EXPAND)
    post = database.migration(counting(0, tag=f"post-{tag}"), name=CONTRACT, phase="post")
    params |= {"phase": phase, "rerun": [EXPAND, CONTRACT]}
    params["migrations"].append(post)
    result = front.run(params, check=False, report=lambda line: None)
    return [(entry["outcome"], entry["class"]) for entry in result["migrations"]]


def test_it_is_allowed_until_the_newer_one_contracted(database):
    assert deploy(database, "one", "pre") == [("passed", ""), ("later", "")]
    assert deploy(database, "one", "post") == [("later", ""), ("passed", "")]
    assert deploy(database, "two", "pre")[0] == ("passed", "")
    assert deploy(database, "one", "pre")[0] == ("skipped", ""), "the roll-out failed: go back"
    assert deploy(database, "two", "post")[1] == ("passed", "")
    assert deploy(database, "one", "pre")[0] == ("failed", "backwards")
    assert database.runs() == 4


def test_control_without_the_floor_it_is_let_through(database, monkeypatch):
    monkeypatch.setattr(steps, "contract_floor", lambda *given: "")
    for tag, phase in (("one", "pre"), ("two", "pre"), ("two", "post")):
        deploy(database, tag, phase)
    assert deploy(database, "one", "pre")[0] == ("skipped", "")
