# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes names that the parts of a stack get: none too long, none twice."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields, find

# A label's value and a Service's name have 63 characters; a StatefulSet's name goes with a hash of
# 10 into the label controller-revision-hash: https://github.com/kubernetes/kubernetes/issues/64023
_LONGEST = {"workloads": 63, "migrations": 63, "datastores": 52, "accounts": 63}
_RESERVED = ("accounts", "routes", "secrets", "stack")


def names(tree: Node) -> Iterator[Finding]:
    """Yield names that are too long, taken or reserved."""
    owners: dict[str, str] = {}
    for section, longest in _LONGEST.items():
        for name, entity in fields(find(tree, (section,))).items():
            path = (section, name)
            if name in _RESERVED:
                message = f"${{{name}.…}} already means something else"
                yield Finding("reserved-name", path, message, entity.mark, "Choose another name.")
            if len(name) > longest:
                message = f"the name has {len(name)} characters, {longest} are possible"
                yield Finding("name-too-long", path, message, entity.mark, "Shorten it.")
            if name in owners:
                message = f"{owners[name]}.{name} has this name too"
                fix = "Their objects in Kubernetes would be the same. Rename one."
                yield Finding("name-taken", path, message, entity.mark, fix)
            owners.setdefault(name, section)
    yield from _secrets(tree, owners)


def _secrets(tree: Node, owners: dict[str, str]) -> Iterator[Finding]:
    made = {kube_name(name): f"datastores.{name}" for name in _containers(tree)}
    made |= {f"{kube_name(name)}-env": f"{owners[name]}.{name}" for name in owners}
    for name, group in fields(find(tree, ("secrets",))).items():
        entries = fields(group)
        if "driver" in entries and entries["driver"].value == "existing":
            continue
        secret = str(entries["secret"].value) if "secret" in entries else kube_name(name)
        if secret in made:
            message = f'{made[secret]} makes the Secret "{secret}" too'
            yield Finding("name-taken", ("secrets", name), message, group.mark, "Rename one.")
        made[secret] = f"secrets.{name}"


def _containers(tree: Node) -> Iterator[str]:
    for name, datastore in fields(find(tree, ("datastores",))).items():
        driver = fields(datastore).get("driver")
        if driver is not None and driver.value == "container":
            yield name
