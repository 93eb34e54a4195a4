# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the network plug-in for a while, since the one of the kind cluster enforces no policies.

It turns NetworkPolicies into rules of the node's packet filter, as plug-ins do. Of the API it knows
what our policies use: labels without expressions, numeric ports without ranges, IPv4.
Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
# The other end of a connection: the list of peers, and how iptables calls both ends.
DIRECTIONS = {"Ingress": ("from", "-d", "-s"), "Egress": ("to", "-s", "-d")}


@dataclass(frozen=True, slots=True)
class Peer:
    """A pod, as policies see it."""

    namespace: str
    labels: dict[str, str]
    address: str


def peers(pods: Sequence[Object]) -> list[Peer]:
    """Return the pods that have an address of their own."""
    return [
        Peer(
            pod["metadata"]["namespace"], pod["metadata"].get("labels", {}), pod["status"]["podIP"]
        )
        for pod in pods
        if pod["status"].get("podIP") and not pod["spec"].get("hostNetwork")
    ]


def filter_rules(policies: Sequence[Object], pods: Sequence[Peer], prefix: str) -> list[str]:
    """Return what iptables-restore reads: a chain per isolated pod and direction, all behind one.

    prefix: of the chains' names.
    """
    rules = [f"-A {prefix} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN"]
    chains = [prefix]
    for pod in pods:
        for direction, (_, this, _) in DIRECTIONS.items():
            effective = [one for one in policies if _isolates(one, pod, direction)]
            if effective:
                chains.append(f"{prefix}-{len(chains)}")
                rules.append(f"-A {prefix} {this} {pod.address} -j {chains[-1]}")
                allowed = _allowed(effective, pods, direction)
                rules += [f"-A {chains[-1]} {match} -j RETURN" for match in allowed]
                rules.append(f"-A {chains[-1]} -j DROP")
    return ["*filter", *(f":{chain} - [0:0]" for chain in chains), *rules]


@contextmanager
def enforced(rules: Sequence[str], restore: Any) -> Iterator[None]:
    """Put rules before all others of the node, and take every trace of them away again.

    restore: called with what iptables-restore shall read.
    """
    declared = [line for line in rules if line.startswith(":")]
    chains = [line[1:].split()[0] for line in declared]
    restore([*rules, f"-I FORWARD 1 -j {chains[0]}", "COMMIT"])
    try:
        yield
    finally:
        gone = [f"-X {chain}" for chain in chains]
        restore(["*filter", *declared, f"-D FORWARD -j {chains[0]}", *gone, "COMMIT"])


def _isolates(policy: Object, pod: Peer, direction: str) -> bool:
    spec = policy["spec"]
    here = policy["metadata"]["namespace"] == pod.namespace
    return here and direction in spec["policyTypes"] and _matches(spec["podSelector"], pod.labels)


def _allowed(policies: Sequence[Object], pods: Sequence[Peer], direction: str) -> Iterator[str]:
    """Yield the matches of iptables for all that any of the policies allows."""
    field, _, other = DIRECTIONS[direction]
    for policy in policies:
        for rule in policy["spec"].get(direction.lower(), []):
            for port in rule["ports"]:
                protocol, number = port["protocol"].lower(), port["port"]
                for address in _addresses(rule[field], policy, pods):
                    yield f"{other} {address} -p {protocol} --dport {number}"


def _addresses(others: Sequence[Object], policy: Object, pods: Sequence[Peer]) -> Iterator[str]:
    for other in others:
        if "ipBlock" in other:
            yield from (one for one in [other["ipBlock"]["cidr"]] if ":" not in one)
        else:
            yield from (pod.address for pod in pods if _chosen(other, policy, pod))


def _chosen(other: Object, policy: Object, pod: Peer) -> bool:
    own = {"matchLabels": {NAMESPACE_LABEL: policy["metadata"]["namespace"]}}
    namespaces = other.get("namespaceSelector", own)
    there = _matches(namespaces, {NAMESPACE_LABEL: pod.namespace})
    return there and _matches(other.get("podSelector", {}), pod.labels)


def _matches(selector: Object, labels: dict[str, str]) -> bool:
    assert not selector.keys() - {"matchLabels"}, selector
    return selector.get("matchLabels", {}).items() <= labels.items()
