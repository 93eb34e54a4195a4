# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases of two phases: each expands before its roll-out and contracts after it."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import front

from tests.kill.town import Database, counting

EXPAND, CONTRACT = "migrate_shop", "contract_shop"


def params(database: Database, tag: str, phase: str, *, post_s: int = 0) -> dict:
    """Return the options of a deployer of release `tag`; its contraction takes post_s seconds."""
    found = database.params(counting(0, tag=tag), name=EXPAND)
    post = database.migration(counting(post_s, tag=f"post-{tag}"), name=CONTRACT, phase="post")
    found["migrations"].append(post)
    return found | {"phase": phase, "rerun": [EXPAND]}


def run(database: Database, tag: str, phase: str) -> dict:
    """Run one phase of a release; return the entry of its migration."""
    wanted = params(database, tag, phase)
    result = front.run(wanted, check=False, report=lambda line: None)
    return result["migrations"][phase == "post"]


def deploy(database: Database, tag: str, phase: str) -> tuple[str, str]:
    """Run one phase of a release; return outcome and class."""
    entry = run(database, tag, phase)
    return entry["outcome"], entry["class"]
