# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network policies, derived from who refers to whom: nothing else is let through.

Each workload, migration and datastore has one policy for both directions. Pods that the stack's
applications start themselves carry none of our labels and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import accounts, meeting
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    kube_name,
    selector,
)

COMPONENT = "network"
BOTH = ["Ingress", "Egress"]
DNS_PORT = 53
CNPG_STATUS_PORT = 8000  # where the operator asks its instances
ANYWHERE = ("0.0.0.0/0", "::/0")
Model = dict[str, Any]


def models(document: Model) -> list[Model]:
    """Return the policies of the stack; none where the environment does not want any."""
    if not document["network"]["policies"]:
        return []
    net = _net(document)
    return [
        _deny(document),
        *(_workload(net, name, one) for name, one in document["workloads"].items()),
        *(_migration(net, name) for name in document["migrations"]),
        *(
            policy
            for name, store in document["datastores"].items()
            for policy in _STORES[store["driver"]](net, name, store)
        ),
    ]


class _Net(NamedTuple):
    """A document, and who refers to whom by both ends: ``workloads.api`` → the others.

    routed: workload → its ports that routes lead to.
    """

    document: Model
    sources: dict[str, list[str]]
    targets: dict[str, list[str]]
    routed: dict[str, list[str]]


def _net(document: Model) -> _Net:
    databases = [
        [f"migrations.{name}", f"datastores.{one['database']}"]
        for name, one in document["migrations"].items()
    ]
    net = _Net(document, {}, {}, {})
    for source, target in [*document["links"], *databases]:
        net.sources.setdefault(target, []).append(source)
        net.targets.setdefault(source, []).append(target)
    for route in document["routes"].values():
        net.routed.setdefault(route["to"], []).append(route["port"])
    return net


def _deny(document: Model) -> Model:
    labels = {"app.kubernetes.io/part-of": document["name"]}
    return _policy(document, "default-deny", labels, [], [])


def _workload(net: _Net, name: str, spec: Model) -> Model:
    document, ports = net.document, list(spec["ports"].values())
    rules = [
        *_from(_clients(net, f"workloads.{name}"), ports),
        *_from([_peer(document["network"]["controller"])], _routed(net, name, spec)),
        *_from([_peer(document["network"]["metrics"])], _scraped(document, spec)),
    ]
    out = [*_out(net, f"workloads.{name}"), *_api(document, spec)]
    return _policy(document, name, selector(document, name), rules, out)


def _migration(net: _Net, name: str) -> Model:
    out, there = _out(net, f"migrations.{name}"), meeting.seen_from(net.document, _of(net, name))
    made = _policy(there, name, selector(net.document, name), [], out)
    return {**made, "name": meeting.own(there, name)}


def _of(net: _Net, name: str) -> Model:
    migration: Model = net.document["migrations"][name]
    return migration


def _container(net: _Net, name: str, store: Model) -> list[Model]:
    document, port = net.document, [store["port"]]
    rules = _from(_users(net, name), port)
    if store["type"] != "postgres":
        return [_policy(document, name, selector(document, name), rules, [])]
    prepare = f"{name}-bootstrap"
    rules += _from([_pods(document, prepare)], port)
    out = [_dns(document), *_to([_pods(document, name)], port)]
    return [
        _policy(document, name, selector(document, name), rules, []),
        _policy(document, prepare, selector(document, prepare), [], out),
    ]


def _operated(net: _Net, name: str, store: Model) -> list[Model]:
    document, labels = net.document, _of_operator(name)
    rules = [
        *_from(_users(net, name), [store["port"]]),
        {"from": [{"podSelector": {"matchLabels": labels}}]},
        *_from([_peer(document["network"]["operator"])], [CNPG_STATUS_PORT, store["port"]]),
    ]
    return [{**_policy(document, name, labels, rules, []), "types": ["Ingress"]}]


def _foreign(_net: _Net, _name: str, _store: Model) -> list[Model]:
    return []


_STORES = {"container": _container, "operator": _operated, "external": _foreign}


def _policy(
    document: Model, name: str, labels: dict[str, str], rules: list[Model], out: list[Model]
) -> Model:
    return {
        **base(document, "networkpolicy", name, COMPONENT),
        "selector": labels,
        "types": BOTH,
        "ingress": rules,
        "egress": out,
    }


def _clients(net: _Net, entity: str) -> list[Model]:
    """Pods that refer to an entity."""
    sources = dict.fromkeys(net.sources.get(entity, []))
    return [_pods(net.document, source.partition(".")[2]) for source in sources]


def _users(net: _Net, name: str) -> list[Model]:
    """Pods that use a datastore; the autoscaler, too, where it asks one by itself."""
    entity, workloads = f"datastores.{name}", net.document["workloads"]
    sources = [source.partition(".") for source in net.sources.get(entity, [])]
    asked = any(
        section == "workloads" and workloads[key]["scale"].get("triggers")
        for section, _dot, key in sources
    )
    scaler = [_peer(net.document["network"]["autoscaler"])] if asked else []
    return [*_clients(net, entity), *scaler]


def _routed(net: _Net, name: str, spec: Model) -> list[int]:
    if net.document["ingress"]["driver"] == "none":
        return []
    return [spec["ports"][port] for port in dict.fromkeys(net.routed.get(name, []))]


def _scraped(document: Model, spec: Model) -> list[int]:
    if document["metrics"]["driver"] == "none" or not spec.get("metrics"):
        return []
    return [spec["ports"][spec["metrics"]["port"]]]


def _out(net: _Net, entity: str) -> list[Model]:
    found = [_dns(net.document)]
    for target in dict.fromkeys(net.targets.get(entity, [])):
        kind, _dot, key = target.partition(".")
        found += _TARGETS[kind](net.document, key) if kind in _TARGETS else []
    return found


def _to_workload(document: Model, name: str) -> list[Model]:
    return _to([_pods(document, name)], list(document["workloads"][name]["ports"].values()))


def _to_datastore(document: Model, name: str) -> list[Model]:
    store = document["datastores"][name]
    peers = {
        "container": [_pods(document, name)],
        "operator": [{"podSelector": {"matchLabels": _of_operator(name)}}],
        "external": _addresses(store.get("cidr", "")),
    }
    return _to(peers[store["driver"]], [store["port"]])


def _to_external(document: Model, name: str) -> list[Model]:
    outside = document["external"][name]
    return _to(_addresses(outside["cidr"]), [outside["port"]])


_TARGETS = {
    "workloads": _to_workload,
    "datastores": _to_datastore,
    "external": _to_external,
}


def _api(document: Model, spec: Model) -> list[Model]:
    if not accounts.has_token(document, spec):
        return []
    server = document["network"]["api_server"]
    return _to(_addresses(server["cidr"]), server["ports"])


def _dns(document: Model) -> Model:
    dns = document["network"]["dns"]
    peers = [_peer(dns), *(_addresses(dns["cidr"]) if dns["cidr"] else [])]
    return {"to": peers, "ports": [{"port": DNS_PORT, "protocol": kind} for kind in ("UDP", "TCP")]}


def _pods(document: Model, name: str) -> Model:
    return {"podSelector": {"matchLabels": selector(document, name)}}


def _of_operator(name: str) -> dict[str, str]:
    return {"cnpg.io/cluster": kube_name(name)}


def _peer(of: Model) -> Model:
    """Return pods of a namespace; where nobody says which, of any."""
    spaces = {"matchLabels": {"kubernetes.io/metadata.name": of["namespace"]}}
    found: Model = {"namespaceSelector": spaces if of["namespace"] else {}}
    return found | ({"podSelector": {"matchLabels": of["labels"]}} if of["labels"] else {})


def _addresses(cidr: str) -> list[Model]:
    return [{"ipBlock": {"cidr": one}} for one in ([cidr] if cidr else ANYWHERE)]


def _from(peers: list[Model], ports: Iterable[int]) -> list[Model]:
    return _rule("from", peers, ports)


def _to(peers: list[Model], ports: Iterable[int]) -> list[Model]:
    return _rule("to", peers, ports)


def _rule(side: str, peers: list[Model], ports: Iterable[int]) -> list[Model]:
    opened = [{"port": port, "protocol": "TCP"} for port in ports]
    return [{side: peers, "ports": opened}] if peers and opened else []
