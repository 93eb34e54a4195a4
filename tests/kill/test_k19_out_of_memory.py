# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K19: a migration without enough memory; with more it is attempt 2 of the same run."""

from __future__ import annotations

GREEDY = "echo begin; tail -c 60M /dev/zero | tail > /dev/null; echo end"


def resources(memory: str) -> dict:
    return {"limits": {"memory": memory}, "requests": {"cpu": "10m", "memory": "16Mi"}}


def test_oom_is_named_and_more_memory_is_the_next_attempt(database):
    first = database.deploy(GREEDY, resources=resources("24Mi")).only()
    second = database.deploy(GREEDY, resources=resources("256Mi")).only()

    assert (first["class"], first["attempt"]) == ("oom", 1)
    assert "limit 24Mi" in first["sentence"]
    assert (second["outcome"], second["attempt"]) == ("passed", 2)
    assert first["run_id"] == second["run_id"]
