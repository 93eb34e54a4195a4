# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: where they lead, and whether two of them claim the same requests."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    opened,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, fields


def dead(subject: Subject) -> Faults:
    """Yield routes to a workload or a port that does not exist."""
    for name, route in subject.section("routes").items():
        to, port = fields(route).get("to"), fields(route).get("port")
        if to is None:
            continue
        workload = subject.section("workloads").get(str(to.value))
        if workload is None:
            known, off = subject.section("workloads"), subject.disabled("workloads")
            yield unknown(("routes", name, "to"), to, known, "workload", off=off)
        elif port is not None:
            yield from _closed(name, route, port, str(to.value), workload)


def _closed(name: str, route: Node, port: Node, to: str, workload: Node) -> Faults:
    known = opened(workload)
    if port.value not in known:
        path = ("routes", name, "port")
        fix = unknown(path, port, known, "port").fix
        message = f'workloads.{to} has no port "{port.value}"'
        yield Fault(path, message, route.mark, fix, about=("workloads", to))


def clashing(subject: Subject) -> Faults:
    """Yield routes of a host and path that another route has already, exact or not.

    Controllers disagree who wins (by age, by order, by name): the answer must not depend on it.
    """
    owners: dict[tuple[str, str], str] = {}
    for name, route in subject.section("routes").items():
        host = subject.text("sites", subject.text("routes", name, "site"), "host")
        path = subject.text("routes", name, "path")
        if not host or not path:
            continue
        owner = owners.setdefault((host, path.rstrip("/")), name)
        if owner != name:
            mark = fields(route)["path"].mark if "path" in fields(route) else route.mark
            mark = mark if mark.line and mark.layer not in ("default", "preset") else route.mark
            message = f"routes.{owner} has {host}{path} already"
            fix = "Give one of them another path or another site."
            yield Fault(("routes", name, "path"), message, mark, fix)
