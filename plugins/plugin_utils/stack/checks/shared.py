# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases that several stacks migrate: a Job that runs in another namespace sees its Secrets."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import SecretKey
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    Value,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.meeting import KEY
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    composed_secret,
)


def out_of_reach(subject: Subject) -> Faults:
    """Yield what a migration refers to that is only in the stack's own namespace."""
    for name in subject.section("migrations"):
        store = subject.head["datastores"].get(subject.text("migrations", name, "database"), {})
        place = store.get(KEY) or subject.head["namespace"]
        if place == subject.head["namespace"]:
            continue
        for value in _environment(subject, name):
            for secret in _made_here(subject, value):
                message = (
                    f"the migration runs in namespace {place} ({KEY} of its database), and Secret "
                    f"{secret} is only in namespace {subject.head['namespace']}"
                )
                fix = "Say `driver: existing` for its group, and put the Secret into both."
                yield Fault(value.path, message, value.node.mark, fix)


def _environment(subject: Subject, name: str) -> Iterator[Value]:
    """Yield the values that the Job gets: a workload's too, where it migrates as it starts."""
    owners = [("migrations", name), ("workloads", subject.text("migrations", name, "workload"))]
    return (value for value in subject.values if value.owner in owners)


def _made_here(subject: Subject, value: Value) -> list[str]:
    """Return the Secrets of a value that the stack makes in its own namespace."""
    head = subject.head
    brought = {
        *(one["secret"] for one in head["datastores"].values() if one["driver"] == "external"),
        *(one["secret"] for one in head["secrets"].values() if one["driver"] == "existing"),
    } - {one["secret"] for one in head["secrets"].values() if one["driver"] != "existing"}
    parts = [part.secret for part in value.expanded.parts if isinstance(part, SecretKey)]
    if value.owner[0] == "workloads" and parts and not value.expanded.secret:
        return [composed_secret(value.owner[1])]
    return [secret for secret in dict.fromkeys(parts) if secret not in brought]
