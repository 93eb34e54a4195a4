# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K19: a migration without enough memory; with more it is attempt 2 of the same run."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import identity

GREEDY = "echo begin; tail -c 60M /dev/zero | tail > /dev/null; echo end"


def resources(memory: str) -> dict:
    return {"limits": {"memory": memory}, "requests": {"cpu": "10m", "memory": "16Mi"}}


def run_twice(database) -> tuple[dict, dict]:
    """Run it with too little memory, then with enough."""
    little = database.run(GREEDY, resources=resources("24Mi"))
    return little, database.run(GREEDY, resources=resources("256Mi"))


def test_oom_is_named_and_more_memory_is_the_next_attempt(database):
    first, second = run_twice(database)

    assert (first["class"], first["attempt"]) == ("oom", 1)
    assert "limit 24Mi" in first["sentence"]
    assert (second["outcome"], second["attempt"]) == ("passed", 2)
    assert first["run_id"] == second["run_id"]


def test_control_if_memory_counted_it_would_be_another_migration(database, monkeypatch):
    counted = identity._container

    def with_resources(container, job, config_maps):
        return counted(container, job, config_maps) | {"resources": container["resources"]}

    monkeypatch.setattr(identity, "_container", with_resources)
    first, second = run_twice(database)

    assert (first["class"], second["outcome"], second["attempt"]) == ("oom", "passed", 1)
    assert first["run_id"] != second["run_id"]
