# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What workloads wait for."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields

_CONDITIONS = {"migrations": "completed", "workloads": "ready"}


def known(subject: Subject) -> Faults:
    """Yield needs that name nothing, or that can never be met."""
    sections = {name: section for section in _CONDITIONS for name in subject.section(section)}
    off = subject.disabled(*_CONDITIONS)
    for owner, workload in subject.section("workloads").items():
        for name, node in fields(fields(workload).get("needs")).items():
            path = ("workloads", owner, "needs", name)
            section = sections.get(name)
            if section is None:
                yield unknown(path, node, sections, "migration or workload", name, off)
            elif node.value != _CONDITIONS[section]:
                message = f'{section}.{name} can only be "{_CONDITIONS[section]}"'
                yield Fault(path, message, node.mark)
