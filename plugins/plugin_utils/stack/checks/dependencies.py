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

_SECTIONS = ("migrations", "workloads")


def known(subject: Subject) -> Faults:
    """Yield needs that name nothing, or that can never be met."""
    sections = {name: section for section in _SECTIONS for name in subject.section(section)}
    off = subject.disabled(*_SECTIONS)
    for owner, workload in subject.section("workloads").items():
        for name, node in fields(fields(workload).get("needs")).items():
            path = ("workloads", owner, "needs", name)
            section = sections.get(name)
            if section is None:
                yield unknown(path, node, sections, "migration or workload", name, off)
            elif node.value != (condition := _condition(subject, section, name)):
                yield Fault(path, f'{section}.{name} can only be "{condition}"', node.mark)


def _condition(subject: Subject, section: str, name: str) -> str:
    ends = section == "migrations" or subject.text(section, name, "kind") == "Job"
    return "completed" if ends else "ready"
