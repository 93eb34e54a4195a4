# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that must exist elsewhere in the stack."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    PROCESSES,
    Faults,
    Subject,
    opened,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Path,
    fields,
    find,
    items,
)

# section, key, the section that has the names, what one of them is called
_LINKS = (
    ("migrations", "image", "images", "image"),
    ("workloads", "image", "images", "image"),
    ("migrations", "database", "datastores", "datastore"),
    ("datastores", "image", "images", "image"),
    ("routes", "site", "sites", "site"),
    ("workloads", "account", "accounts", "account"),
    ("verify", "route", "routes", "route"),
)


def names(subject: Subject) -> Faults:
    """Yield every name of an image, datastore, site or config group that refers to nothing."""
    for section, key, target, what in _LINKS:
        for name in subject.section(section):
            yield from _known(subject, (section, name, key), target, what)
    for name, workload in subject.section("workloads").items():
        port = find(workload, ("metrics", "port"))
        if port is not None and port.value not in opened(workload):
            yield unknown(("workloads", name, "metrics", "port"), port, opened(workload), "port")
    for section in PROCESSES:
        for name, entity in subject.section(section).items():
            for index, group in enumerate(items(fields(entity).get("config"))):
                if group.value not in subject.section("config"):
                    path = (section, name, "config", index)
                    yield unknown(path, group, subject.section("config"), "config group")
            for index, outside in enumerate(items(fields(entity).get("egress"))):
                if outside.value not in subject.section("external"):
                    path = (section, name, "egress", index)
                    yield unknown(path, outside, subject.section("external"), "external")


def _known(subject: Subject, path: Path, target: str, what: str) -> Faults:
    node, known = find(subject.tree, path), subject.section(target)
    if node is None or node.value in known:
        return
    fault = unknown(path, node, known, what, off=subject.disabled(target))
    if what == "site" and not known:
        fix = f"Give it a host in the environment: `sites: {{{node.value}: {{host: …}}}}`."
        fault = fault._replace(fix=fix)
    yield fault
