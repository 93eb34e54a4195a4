# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks: what is refused before the cluster is touched, in one table.

A check is a pure function. `stack` looks at the merged stack (a Subject), `objects` at the
rendered objects, `live` at a live object and its successor; all yield what they find. What is
found on the way, by validation or while references are followed, stands in the table without a
function. Every id has a page under docs/checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import (
    controllers,
    credentials,
    datastores,
    dependencies,
    exposure,
    hosts,
    images,
    links,
    live,
    localhost,
    names,
    origins,
    overlays,
    placeholders,
    policies,
    probes,
    production,
    resources,
    restricted,
    routes,
    scaling,
    secrets,
    services,
    shared,
    tls,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import Places
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level


class Check(NamedTuple):
    """One row of the table.

    number: in the design's list; 0 for a rule that is not in it.
    title:  what is wrong, as a headline.
    """

    number: int
    id: str
    title: str
    level: Level = Level.ERROR
    stack: Callable[[Subject], Faults] | None = None
    objects: Callable[[Sequence[Object], Subject], Faults] | None = None
    live: Callable[[Object, Object], Faults] | None = None


CHECKS = (
    Check(1, "undeclared-origin", "A public URL or CORS origin is no declared route",
          stack=origins.declared),
    Check(2, "localhost", "An environment points at the pod itself", stack=localhost.pointed),
    Check(3, "undeclared-secret-key", "A secret key is referred to that nobody declares"),
    Check(3, "unused-secret-key", "A secret key is declared that nothing refers to",
          Level.WARNING, secrets.unused),
    Check(4, "plain-credential", "A credential stands in plain text", stack=credentials.plain),
    Check(5, "dead-route", "A route leads to a workload or port that does not exist",
          stack=routes.dead),
    Check(6, "target-port", "A Service sends to a port that no container opens",
          objects=services.target_ports),
    Check(7, "probe-port", "A probe asks a port that is not opened", stack=probes.ports),
    Check(7, "startup-deadline", "A roll-out is given up before a slow start is over",
          objects=controllers.deadlines),
    Check(8, "autoscaler", "An autoscaler that cannot work",
          stack=scaling.autoscalers, objects=controllers.autoscalers),
    Check(9, "fixed-replicas", "A fixed number of replicas beside an autoscaler",
          objects=controllers.fixed_replicas),
    Check(10, "stuck-budget", "A disruption budget never lets a pod go",
          stack=scaling.stuck_budgets, objects=controllers.stuck_budgets),
    Check(11, "route-clash", "Two routes claim the same host and path", stack=routes.clashing),
    Check(12, "host-port", "A port of the node", objects=services.doors),
    Check(13, "floating-tag", "An image has no fixed version", stack=images.floating),
    Check(14, "cut-stream", "The controller would collect or cut a stream",
          stack=exposure.streams),
    Check(15, "unknown-dependency", "A workload needs what does not exist",
          stack=dependencies.known),
    Check(15, "cycle", "Workloads or profiles wait for each other"),
    Check(16, "unsupported-feature", "The controller cannot do what a route asks for",
          stack=exposure.features),
    Check(17, "uncovered-host", "A host with https has no certificate for it",
          stack=tls.uncertified, objects=tls.uncovered),
    Check(18, "cut-off", "A network policy cuts off what the stack needs",
          objects=policies.cut_off),
    Check(19, "name-too-long", "A name is too long for Kubernetes", stack=names.length),
    Check(20, "exclusive-volume", "Two pods need a volume that only one node has",
          stack=scaling.exclusive_volumes, objects=controllers.exclusive_volumes),
    Check(21, "connection-budget", "Pools want more connections than the database has",
          stack=scaling.connections),
    Check(22, "idle-overlay", "An environment sets what is set already",
          Level.WARNING, overlays.idle),
    Check(23, "unknown-key", "The stack has a key that nobody reads"),
    Check(23, "pod-security", "A pod asks for more than the standard restricted allows",
          objects=restricted.violations),
    Check(24, "immutable-change", "The live object does not allow this change", live=live.frozen),
    Check(25, "not-for-production", "The preset production does not accept this",
          stack=production.strict),
    Check(26, "host-allow-list", "A list of allowed hosts leaves out who calls",
          stack=hosts.excluded),
    Check(0, "dangling-reference", "A reference leads nowhere"),
    Check(0, "unknown-name", "A name refers to nothing", stack=links.names),
    Check(0, "name-taken", "Two parts would give their objects one name", stack=names.taken),
    Check(0, "reserved-name", "A name already means something else", stack=names.reserved),
    Check(0, "datastore-driver", "A datastore's driver cannot run it, or lacks its Secret",
          stack=datastores.drivable),
    Check(0, "out-of-reach", "A migration runs where a Secret of the stack is not",
          stack=shared.out_of_reach),
    Check(0, "admin-only", "A workload logs in as the administrator of a database"),
    Check(0, "placeholder", "A host is one that stands for another",
          Level.DRAFT, placeholders.reserved),
    Check(0, "limit-below-request", "A limit is below what is requested", stack=resources.limits),
)  # fmt: skip
# A stack without these cannot be put together, whoever accepts it.
_MUST = ("cycle", "dangling-reference", "dead-route", "undeclared-secret-key", "unknown-dependency",
         "unknown-key", "unknown-name", "probe-port")  # fmt: skip
WAIVABLE = tuple(check.id for check in CHECKS if check.id not in _MUST)


def check_stack(subject: Subject) -> list[Finding]:
    """Return what the merged stack shows."""
    return [
        fault.finding(check.id, check.level)
        for check in CHECKS
        if check.stack
        for fault in check.stack(subject)
    ]


def check_objects(objects: Sequence[Object], subject: Subject) -> list[Finding]:
    """Return what the rendered objects show, at the places of the stack that they come from."""
    places = Places(subject.tree)
    return [
        places.placed(fault).finding(check.id, check.level)
        for check in CHECKS
        if check.objects
        for fault in check.objects(objects, subject)
    ]


def check_live(pairs: Iterable[tuple[Object, Object]], subject: Subject) -> list[Finding]:
    """Return what the cluster does not allow. pairs: live objects and those that follow them."""
    places = Places(subject.tree)
    return [
        places.placed(fault).finding(check.id, check.level)
        for live_object, new in pairs
        for check in CHECKS
        if check.live
        for fault in check.live(live_object, new)
    ]
