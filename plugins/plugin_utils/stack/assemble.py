# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the document together from merged entities, followed references and the graph."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import (
    parts,
    surroundings,
    workload_parts,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import (
    Catalog,
    catalog,
    from_afar,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Document, Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.migrations import (
    Migration,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.workloads import Workload
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Entity, Order
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node, plain
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.units import seconds
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.wiring import Wiring


class Base(NamedTuple):
    """The merged stack as plain values, and what of the document needs no references."""

    spec: Spec
    head: Spec

    def things(self) -> Catalog:
        """Return what references can refer to."""
        return catalog(self._parts())

    def from_afar(self, things: Catalog) -> Catalog:
        """Return the things as an operator in another namespace must name them."""
        return from_afar(self._parts(), things)

    def _parts(self) -> Spec:
        workloads = self.section("workloads")
        ports = {name: workload_parts.served(one) for name, one in workloads.items()}
        return {**self.head, "ports": ports}

    def section(self, name: str) -> Spec:
        """Return the entities of a section."""
        found: Spec = self.spec.get(name, {})
        return found


def base(tree: Node) -> Base:
    """Return the plain stack; it may still lack what a check then asks for."""
    spec = plain(tree)
    exposed = surroundings.ingress(spec.get("ingress", {}))
    sites = spec.get("sites", {})
    stack = spec.get("name", "")
    head = {
        "name": stack,
        "namespace": spec.get("namespace", spec.get("name", "")),
        "preset": spec.get("preset", ""),
        "kubernetes": spec.get("kubernetes", ""),
        "images": _each(spec, "images", lambda _, one: parts.image(one)),
        "secrets": _each(spec, "secrets", lambda name, one: parts.group(name, one, stack)),
        "datastores": _each(spec, "datastores", parts.datastore),
        "config": spec.get("config", {}),
        "accounts": _each(spec, "accounts", lambda _, one: workload_parts.account(one)),
        "patches": spec.get("patches", []),
        "external": _each(spec, "external", lambda _, one: surroundings.external(one)),
        "sites": _each(spec, "sites", surroundings.site),
        "routes": _each(spec, "routes", lambda _, one: surroundings.route(one, sites, exposed)),
        "verify": _each(spec, "verify", lambda _, one: surroundings.hook(one)),
        "ingress": exposed,
        "network": surroundings.network(spec.get("network", {}), exposed),
        "metrics": surroundings.metrics(spec.get("metrics", {})),
        "pull_secrets": _pull_secrets(spec),
    }
    return Base(spec, head)


def assemble(stack: Base, wiring: Wiring, order: Order) -> Document:
    """Return the document of a stack in which nothing is wrong."""
    whole = {
        **stack.head,
        "migrations": {
            name: _migration(name, spec, wiring)
            for name, spec in stack.section("migrations").items()
        },
        "workloads": {
            name: _workload(name, spec, wiring, order, stack.section("migrations"))
            for name, spec in stack.section("workloads").items()
        },
        "composed": wiring.composed,
        "links": _links(wiring),
    }
    return cast(Document, {key: whole[key] for key in Document.__annotations__})


def _pull_secrets(spec: Spec) -> list[str]:
    of_images = [one.get("pull_secret") for one in spec.get("images", {}).values()]
    named = [*spec.get("pull_secrets", []), *filter(None, of_images)]
    return list(dict.fromkeys(named))


def _each(spec: Spec, section: str, make: Any) -> Spec:
    return {name: make(name, one) for name, one in spec.get(section, {}).items()}


def _migration(name: str, spec: Spec, wiring: Wiring) -> Migration:
    migration = {
        **parts.process(spec),
        **_wired("migrations", name, wiring),
        "style": spec["style"],
        "folder": spec.get("files", ""),
        "files": {},
        "workload": spec.get("workload", ""),
        **({"seed": spec["seed"]} if "seed" in spec else {}),
        "security": parts.runner(spec),
        "verify": spec.get("verify", ""),
        "backward_compatible": str(spec.get("backward_compatible", "unknown")).lower(),
        "database": spec["database"],
        "phase": spec["phase"],
        "timeout": seconds(spec["timeout"]),
    }
    return cast(Migration, migration)


def _gates(names: list[str], migrations: Spec) -> list[str]:
    """Return what a workload waits for: each migration, and the seed after it."""
    return [
        gate
        for name in names
        if migrations[name]["style"] != "none"
        for gate in (name, *([f"{name}_seed"] if "seed" in migrations[name] else []))
    ]


def _workload(name: str, spec: Spec, wiring: Wiring, order: Order, migrations: Spec) -> Workload:
    entity, opened = ("workloads", name), workload_parts.ports(spec)
    volumes = workload_parts.volumes(spec)
    wired = wiring.volumes[entity]
    triggers = _triggers(spec, wiring.triggers[entity])
    workload = {
        "kind": spec["kind"],
        **parts.process(spec),
        **_wired("workloads", name, wiring),
        **workload_parts.pod(spec),
        **workload_parts.job(spec),
        "ports": opened,
        "service": bool(workload_parts.served(spec)),
        "init": _containers(entity, "init", spec, wiring),
        "sidecars": _containers(entity, "sidecars", spec, wiring),
        "volumes": {key: {**one, **wired.get(key, {})} for key, one in volumes.items()},
        "health": parts.health(spec, opened),
        "drain": {key: seconds(spec["drain"][key]) for key in ("propagation", "work")},
        "scale": workload_parts.scale(spec) | ({"triggers": triggers} if triggers else {}),
        "budget": workload_parts.budget(spec),
        "strategy": workload_parts.strategy(spec),
        "pool": spec.get("pool", {}).get("max", 0),
        "metrics": _metrics(spec),
        "migrations": _gates(order.migrations[name], migrations),
        "after": order.after[name],
        "needs": order.needs[name],
    }
    return cast(Workload, workload)


def _metrics(spec: Spec) -> Spec:
    said = spec.get("metrics", {})
    if not said:
        return {}
    interval = seconds(said.get("interval", "30s"))
    return {"port": said["port"], "path": said.get("path", "/metrics"), "interval": interval}


def _links(wiring: Wiring) -> list[list[str]]:
    pairs = {(".".join(edge.source), ".".join(edge.target)) for edge in wiring.edges}
    return [list(pair) for pair in sorted(pairs)]


def _containers(entity: Entity, group: str, spec: Spec, wiring: Wiring) -> Spec:
    return {
        name: {
            **parts.process({"image": spec["image"], **one}),
            "env": wiring.env[*entity, group, name],
            **wiring.arguments[*entity, group, name],
            "mounts": one.get("mounts", []),
            "ports": one.get("ports", {}),
        }
        for name, one in spec.get(group, {}).items()
    }


def _triggers(spec: Spec, wired: Spec) -> Spec:
    given = spec["scale"].get("triggers", {})
    return {name: {"type": given[name]["type"], **one} for name, one in wired.items()}


def _wired(section: str, name: str, wiring: Wiring) -> Spec:
    entity = (section, name)
    return {"env": wiring.env[entity], **wiring.arguments[entity]}
