# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-memory cluster behind the front door."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import World

from tests.unit.migrations.cluster import Cluster, Script


@pytest.fixture
def cluster(monkeypatch) -> Cluster:
    """An in-memory cluster behind the front door."""
    found = Cluster(Script(lines=("one", "boom")))
    found.put("persistentvolumeclaims", {"metadata": {"name": "data-users-db-0"}})
    monkeypatch.setattr(front, "connect", lambda params: found)

    def world(store, report, stop) -> World:
        return found.world(report)

    monkeypatch.setattr(front, "_world", world)
    return found
