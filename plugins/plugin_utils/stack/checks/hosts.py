# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allow-lists of hosts: who is not on them gets a 400, the kubelet first.

Measured: with Django's or Starlette's default list every probe of `Host: <pod IP>` is refused, the
pod never gets ready, and the log says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    Value,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields, find

_LIST = re.compile(r"(^|_)(ALLOWED|TRUSTED|VALID|PERMITTED)_HOST(NAME)?S?$", re.IGNORECASE)
_ITEM = re.compile(r"[^\s,;\"'\[\]]+")
_POD = "the pod's IP"


def excluded(subject: Subject) -> Faults:
    """Yield allow-lists that leave out the probe's Host, the Service or a route's host."""
    for value in subject.values:
        section, name = value.owner
        workload = subject.section(section).get(name)
        if section != "workloads" or not workload or not _LIST.search(value.name):
            continue
        allowed = [item.lower() for item in _ITEM.findall(value.text)]
        missing = [
            (host, why)
            for host, why in _callers(subject, name, workload)
            if not _allows(allowed, host)
        ]
        if missing and "*" not in allowed:
            yield _fault(value, missing)


def _callers(subject: Subject, name: str, workload: Node) -> Iterator[tuple[str, str]]:
    health = find(workload, ("health",))
    for probe in ("live", "ready"):
        node = find(health, (probe,))
        if node is not None and "path" in fields(node):
            host = fields(node).get("host") or fields(health).get("host")
            yield (str(host.value) if host else _POD), f"the {probe} probe"
    if any(edge.target == ("workloads", name) for edge in subject.edges):
        yield kube_name(name), "other workloads"
    for route, spec in subject.head["routes"].items():
        if spec.get("to") == name and spec["host"]:
            yield spec["host"], f"routes.{route}"


def _allows(allowed: list[str], host: str) -> bool:
    # Django writes .example.com for all hosts of a domain, Starlette *.example.com.
    return any(
        item == host or (item.startswith((".", "*.")) and host.endswith(item.lstrip("*")))
        for item in allowed
    )


def _fault(value: Value, missing: list[tuple[str, str]]) -> Fault:
    told = ", ".join(f"{host} ({why})" for host, why in dict(missing).items())
    fix = "Add it to the list."
    if _POD in dict(missing):
        fix = "Set `health.host` to a host of the list, and add the others."
    return Fault(value.path, f"the list leaves out {told}", value.node.mark, fix)
