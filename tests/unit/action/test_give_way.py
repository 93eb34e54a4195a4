# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of stacks that are looked at together the first gets on first."""

from __future__ import annotations

import os

import pytest
from ansible_collections.slipway.stack.plugins.action.survey import give_way

STACKS = ["apphub", "mathison", *(f"stack{number}" for number in range(18))]


@pytest.mark.parametrize(
    ("task_vars", "nicer"),
    [
        ({}, 0),
        ({"inventory_hostname": "apphub", "ansible_play_hosts_all": STACKS}, 0),
        ({"inventory_hostname": "mathison", "ansible_play_hosts_all": STACKS}, 3),
        ({"inventory_hostname": "stack17", "ansible_play_hosts_all": STACKS}, 15),
    ],
)
def test_a_later_stack_leaves_the_processors_to_earlier_ones(task_vars, nicer, monkeypatch):
    given = []
    monkeypatch.setattr(os, "nice", given.append)
    give_way(task_vars)
    assert given == [nicer]
