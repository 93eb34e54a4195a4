# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network policies that cut off what the stack needs: a small model of how they are enforced.

A pod that a policy selects gets only what some policy lets through; one that none selects gets
all. Traffic between two pods must be let out of the one and into the other.
Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.places import flaw
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.rendered import (
    containers,
    dig,
    matches,
    of_kind,
    pod_labels,
    pods,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Faults,
    Object,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name

_DNS = 53
_NAME = "app.kubernetes.io/name"
_COMPONENTS = {"workloads": "workload", "migrations": "migration", "datastores": "datastore"}
_FIX = "Correct the patch, or what `network` says in the environment."


class Side(NamedTuple):
    """One end of a connection. A pod of the stack has an object; others have a namespace."""

    name: str
    labels: dict[str, str]
    namespace: str = ""
    thing: Object | None = None
    ports: tuple[tuple[str, int], ...] = ()


def cut_off(objects: Sequence[Object], subject: Subject) -> Faults:
    """Yield traffic that the stack needs and its own policies do not let through."""
    policies = _by_name(of_kind(objects, "NetworkPolicy"))
    if not policies:
        return
    sides = _sides(objects)
    for source, target, port in _flows(subject, sides):
        if target.thing and not _open(policies, "Ingress", target, source, port):
            message = f"no policy lets {source.name} in to port {port}"
            yield flaw(target.thing, "traffic", message, _FIX)
        if source.thing and not _open(policies, "Egress", source, target, port):
            message = f"no policy lets it out to {target.name} on port {port}"
            yield flaw(source.thing, "traffic", message, _FIX)
    anybody = Side("the DNS", {}, "*")
    for side in sides.values():
        resolves = _open(policies, "Egress", side, anybody, _DNS)
        if side.thing and not resolves and side.name.partition(".")[0] != "datastores":
            message = "no policy lets it ask the DNS"
            yield flaw(side.thing, "traffic", message, "Open port 53.")


def _sides(objects: Sequence[Object]) -> dict[tuple[str, str], Side]:
    found: dict[tuple[str, str], Side] = {}
    sections = {component: section for section, component in _COMPONENTS.items()}
    for thing, path, spec in pods(objects):
        labels = dig(thing, "metadata.labels", {})
        section = sections.get(labels.get("app.kubernetes.io/component", ""))
        if section:
            name = labels.get("app.kubernetes.io/name", "")
            ports = tuple(_ports(spec))
            side = Side(f"{section}.{name}", pod_labels(thing, path), "", thing, ports)
            found[section, name] = side
    return found


def _ports(spec: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for _path, container in containers(spec):
        for port in container.get("ports", []):
            yield str(port.get("name", "")), int(port["containerPort"])


def _flows(
    subject: Subject, sides: dict[tuple[str, str], Side]
) -> Iterator[tuple[Side, Side, int]]:
    """Yield (from, to, port) of all that must get through."""
    for edge in subject.edges:
        source, target = (
            sides.get((section, kube_name(name))) for section, name in (edge.source, edge.target)
        )
        if source and target and target.ports and edge.target[0] != "migrations":
            yield source, target, target.ports[0][1]
    for name, node in subject.section("migrations").items():
        source = sides.get(("migrations", kube_name(name)))
        database = subject.text("migrations", name, "database")
        target = sides.get(("datastores", kube_name(database)))
        if node and source and target and target.ports:
            yield source, target, target.ports[0][1]
    yield from _from_outside(subject, sides)


def _from_outside(
    subject: Subject, sides: dict[tuple[str, str], Side]
) -> Iterator[tuple[Side, Side, int]]:
    network, routes = subject.head.get("network", {}), subject.head["routes"]
    controller = _peer(network, "controller", "the ingress controller")
    if subject.head.get("ingress", {}).get("driver", "none") != "none":
        for route in routes.values():
            yield from _named(sides, controller, str(route.get("to", "")), str(route.get("port")))
    if subject.head.get("metrics", {}).get("driver", "none") != "none":
        collector = _peer(network, "metrics", "who collects metrics")
        for name in subject.section("workloads"):
            port = subject.text("workloads", name, "metrics", "port")
            yield from _named(sides, collector, name, port)


def _named(
    sides: dict[tuple[str, str], Side], source: Side, name: str, port: str
) -> Iterator[tuple[Side, Side, int]]:
    target = sides.get(("workloads", kube_name(name)))
    number = dict(target.ports).get(port) if target else None
    if target and number:
        yield source, target, number


def _peer(network: dict[str, Any], key: str, name: str) -> Side:
    of = network.get(key, {})
    return Side(name, dict(of.get("labels", {})), str(of.get("namespace") or "*"))


def _by_name(policies: list[Object]) -> dict[str, list[Object]]:
    """Policies by the name of the pods that they select, those of all pods by an empty one.

    Most select one workload: asking every policy for every pod would grow with their product.
    """
    found: dict[str, list[Object]] = {}
    for policy in policies:
        labels = dig(policy, "spec.podSelector", {}).get("matchLabels") or {}
        found.setdefault(str(labels.get(_NAME, "")), []).append(policy)
    return found


def _open(policies: dict[str, list[Object]], way: str, at: Side, other: Side, port: int) -> bool:
    """Whether traffic of one direction passes at a pod."""
    names = {"", at.labels.get(_NAME, "")}
    chosen = [one for name in names for one in policies.get(name, []) if _selects(one, way, at)]
    side = "from" if way == "Ingress" else "to"
    ports = at.ports if way == "Ingress" else other.ports
    rules = [rule for one in chosen for rule in dig(one, f"spec.{way.lower()}", [])]
    return not chosen or any(
        _port(rule.get("ports"), port, dict(ports)) and _reached(rule.get(side), other)
        for rule in rules
    )


def _selects(policy: Object, way: str, at: Side) -> bool:
    types = dig(policy, "spec.policyTypes", ["Ingress"])
    return way in types and _labelled(dig(policy, "spec.podSelector", {}), at.labels)


def _port(allowed: list[Any] | None, port: int, names: dict[str, int]) -> bool:
    if not allowed:
        return True
    for one in allowed:
        first = one.get("port", port)
        first = names.get(first, -1) if isinstance(first, str) else first
        if first <= port <= one.get("endPort", first):
            return True
    return False


def _reached(peers: list[Any] | None, other: Side) -> bool:
    return not peers or any(_is(peer, other) for peer in peers)


def _is(peer: dict[str, Any], other: Side) -> bool:
    if "ipBlock" in peer:  # pods of the stack are not reached by address
        return other.thing is None
    spaces = peer.get("namespaceSelector")
    if other.thing is not None:
        here = spaces is None or spaces == {}
        return here and _labelled(peer.get("podSelector", {}), other.labels)
    if spaces is None:
        return False
    space = {"kubernetes.io/metadata.name": other.namespace}
    near = other.namespace == "*" or _labelled(spaces, space)
    # Labels of pods in other namespaces are known only where the environment says them.
    return near and (not other.labels or _labelled(peer.get("podSelector", {}), other.labels))


def _labelled(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether labels satisfy a selector; expressions are taken to be satisfied."""
    return matches(selector.get("matchLabels") or {}, labels)
