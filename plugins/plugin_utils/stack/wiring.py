# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wires the stack: environments with every reference followed, and the edges that this makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Env
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Edge, Entity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import kube_name
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.references import Expanded, expand
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
    items,
)

_SECTIONS = ("migrations", "workloads")
_ARGUMENTS = ("command", "args")


@dataclass(slots=True)
class Wiring:
    """What following all references gives.

    env, arguments: by entity. composed: Secret → key → recipe (see Expanded.recipe).
    """

    env: dict[Entity, dict[str, Env]] = field(default_factory=dict)
    arguments: dict[Entity, dict[str, list[str]]] = field(default_factory=dict)
    composed: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def wire(tree: Node, things: Catalog) -> Wiring:
    """Follow the references of every migration and workload."""
    wiring = Wiring()
    for section in _SECTIONS:
        for name, entity in fields(find(tree, (section,))).items():
            _wire_env(wiring, (section, name), _environment(tree, entity), things)
            _wire_arguments(wiring, (section, name), entity, things)
    return wiring


def _environment(tree: Node, entity: Node) -> dict[str, Node]:
    env: dict[str, Node] = {}
    for group in items(fields(entity).get("config")):
        env |= fields(find(tree, ("config", str(group.value))))
    return env | fields(fields(entity).get("env"))


def _wire_env(wiring: Wiring, entity: Entity, env: dict[str, Node], things: Catalog) -> None:
    wired: dict[str, Env] = {}
    for name, node in env.items():
        expanded = _expanded(wiring, entity, (*entity, "env", name), node, things)
        wired[name] = _env(wiring, entity, name, expanded)
    wiring.env[entity] = wired


def _env(wiring: Wiring, entity: Entity, name: str, expanded: Expanded) -> Env:
    if expanded.secret:
        return {"secret": expanded.secret.secret, "key": expanded.secret.key}
    text = expanded.text
    if text is not None:
        return {"value": text}
    secret = f"{kube_name(entity[1])}-env"
    wiring.composed.setdefault(secret, {})[name] = expanded.recipe
    return {"secret": secret, "key": name}


def _wire_arguments(wiring: Wiring, entity: Entity, node: Node, things: Catalog) -> None:
    for key in _ARGUMENTS:
        written = items(fields(node).get(key))
        texts = wiring.arguments.setdefault(entity, {}).setdefault(key, [])
        for index, item in enumerate(written):
            path = (*entity, key, index)
            expanded = _expanded(wiring, entity, path, item, things)
            if expanded.text is None:
                wiring.findings.append(_visible(path, item))
            texts.append(expanded.text or "")


def _expanded(wiring: Wiring, entity: Entity, path: Path, node: Node, things: Catalog) -> Expanded:
    expanded = expand(str(node.value), things)
    wiring.findings += _findings(expanded, path, node)
    wiring.edges += [
        Edge(entity, (str(thing.path[0]), str(thing.path[1])), path, node.mark)
        for thing in expanded.things
        if thing.path and thing.path != entity
    ]
    return expanded


def _findings(expanded: Expanded, path: Path, node: Node) -> Iterator[Finding]:
    for problem in expanded.problems:
        yield Finding(
            "dangling-reference",
            path,
            problem.message,
            node.mark,
            problem.fix,
            about=problem.about,
        )


def _visible(path: Path, node: Node) -> Finding:
    message = "a secret may not stand here, where every process list shows it"
    fix = "Put it into env and let the program read it there."
    return Finding("visible-secret", path, message, node.mark, fix)
