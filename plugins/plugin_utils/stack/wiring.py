# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wires the stack: every reference followed wherever one may stand, and the edges this makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.attributes import SecretKey
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.processes import Env
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Edge, Entity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    composed_secret,
)
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
_CONTAINERS = ("init", "sidecars")
_ENDING = ("Job", "CronJob")


@dataclass(slots=True)
class Wiring:
    """What following all references gives.

    env, arguments: by the path of a container: an entity, or its init container or sidecar.
    volumes, triggers: by entity and name. composed: Secret → key → recipe (see Expanded.recipe).
    lasting: the workloads that do not end.
    """

    env: dict[Path, dict[str, Env]] = field(default_factory=dict)
    arguments: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    volumes: dict[Entity, dict[str, Spec]] = field(default_factory=dict)
    triggers: dict[Entity, dict[str, Spec]] = field(default_factory=dict)
    composed: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lasting: frozenset[Entity] = frozenset()


def wire(tree: Node, things: Catalog, afar: Catalog) -> Wiring:
    """Follow the references of every migration and workload.

    afar: the things as KEDA must name them, which is in another namespace.
    """
    wiring = Wiring(lasting=_lasting(tree))
    for section in _SECTIONS:
        for name, entity in fields(find(tree, (section,))).items():
            wire = _Wire(wiring, (section, name), things)
            wire.container((section, name), entity, _environment(tree, entity))
            for group in _CONTAINERS:
                for inner, node in fields(fields(entity).get(group)).items():
                    path = (section, name, group, inner)
                    wire.container(path, node, fields(fields(node).get("env")))
            wire.volumes(tree, entity)
            _Wire(wiring, (section, name), afar).triggers(entity)
            wire.account(entity)
            wire.egress(entity)
    return wiring


def _lasting(tree: Node) -> frozenset[Entity]:
    kinds = {
        name: fields(workload).get("kind")
        for name, workload in fields(find(tree, ("workloads",))).items()
    }
    return frozenset(
        ("workloads", name)
        for name, kind in kinds.items()
        if kind is None or kind.value not in _ENDING
    )


def _environment(tree: Node, entity: Node) -> dict[str, Node]:
    env: dict[str, Node] = {}
    for group in items(fields(entity).get("config")):
        env |= fields(find(tree, ("config", str(group.value))))
    return env | fields(fields(entity).get("env"))


class _Wire(NamedTuple):
    """Follows the references of one entity."""

    wiring: Wiring
    entity: Entity
    things: Catalog

    def container(self, path: Path, node: Node, env: dict[str, Node]) -> None:
        """Wire the environment and the arguments of one container."""
        # Two containers of a pod may give one name two values: their keys must differ.
        prefix = f"{path[-1]}." if len(path) > 2 else ""
        self.wiring.env[path] = {
            name: self._env((*path, "env", name), f"{prefix}{name}", value)
            for name, value in env.items()
        }
        self.wiring.arguments[path] = {
            key: [
                self._text((*path, key, index), item, _on_command_line)
                for index, item in enumerate(items(fields(node).get(key)))
            ]
            for key in _ARGUMENTS
        }

    def volumes(self, tree: Node, entity: Node) -> None:
        """Wire the volumes that are groups of secrets or of config."""
        wired = self.wiring.volumes[self.entity] = {}
        for name, volume in fields(fields(entity).get("volumes")).items():
            path = (*self.entity, "volumes", name)
            known = fields(volume)
            if "secret" in known:
                wired[name] = self._keys(path, known)
            elif "config" in known:
                group = fields(find(tree, ("config", str(known["config"].value))))
                chosen = _files(known, group)
                texts = {
                    file: self._text((*path, "config"), group[key], _in_config)
                    for file, key in chosen.items()
                    if key in group
                }
                wired[name] = {"config": texts}

    def triggers(self, entity: Node) -> None:
        """Wire what KEDA asks, and the secrets that it asks with."""
        wired = self.wiring.triggers[self.entity] = {}
        for name, trigger in fields(find(entity, ("scale", "triggers"))).items():
            path = (*self.entity, "scale", "triggers", name)
            asked, auth = (fields(fields(trigger).get(key)) for key in ("metadata", "auth"))
            wired[name] = {
                "metadata": {
                    key: self._text((*path, "metadata", key), node, _in_config)
                    for key, node in asked.items()
                },
                "auth": {
                    key: self._secret((*path, "auth", key), f"scale.{name}.{key}", node)
                    for key, node in auth.items()
                },
            }

    def account(self, entity: Node) -> None:
        """Note whose rights it has."""
        node = fields(entity).get("account")
        if node is not None:
            self._edge("accounts", str(node.value), (*self.entity, "account"), node)

    def egress(self, entity: Node) -> None:
        """Note what it talks to outside."""
        for index, node in enumerate(items(fields(entity).get("egress"))):
            self._edge("external", str(node.value), (*self.entity, "egress", index), node)

    def _keys(self, path: Path, volume: dict[str, Node]) -> Spec:
        group = str(volume["secret"].value)
        thing = self.things.get(f"secrets.{group}")
        keys = thing.attributes if thing else {}
        self._edge("secrets", group, (*path, "secret"), volume["secret"])
        found = {file: keys[key] for file, key in _files(volume, keys).items() if key in keys}
        files = {name: key.key for name, key in found.items() if isinstance(key, SecretKey)}
        names = [key.secret for key in found.values() if isinstance(key, SecretKey)]
        return {"secret": names[0] if names else "", "files": files}

    def _env(self, path: Path, key: str, node: Node) -> Env:
        expanded = self._expanded(path, node)
        text = expanded.text
        return {"value": text} if text is not None else self._kept(key, expanded)

    def _secret(self, path: Path, key: str, node: Node) -> Env:
        expanded = self._expanded(path, node)
        if expanded.text is not None and not expanded.problems:
            message = "a plain value may not stand here, where a secret is asked for"
            fix = "Refer to one, as ${secrets.<group>.<key>}, or put the value into metadata."
            self.wiring.findings.append(Finding("no-secret", path, message, node.mark, fix))
        return self._kept(key, expanded)

    def _kept(self, key: str, expanded: Expanded) -> Env:
        if expanded.secret:
            return {"secret": expanded.secret.secret, "key": expanded.secret.key}
        secret = composed_secret(self.entity[1])
        self.wiring.composed.setdefault(secret, {})[key] = expanded.recipe
        return {"secret": secret, "key": key}

    def _text(self, path: Path, node: Node, complain: Callable[[Path, Node], Finding]) -> str:
        expanded = self._expanded(path, node)
        if expanded.text is None:
            self.wiring.findings.append(complain(path, node))
        return expanded.text or ""

    def _expanded(self, path: Path, node: Node) -> Expanded:
        expanded = expand(str(node.value), self.things)
        self.wiring.findings += _findings(expanded, path, node)
        if self.entity in self.wiring.lasting and expanded.guarded:
            self.wiring.findings.append(_guarded(path, node))
        for thing in expanded.things:
            if thing.path and thing.path != self.entity:
                self._edge(str(thing.path[0]), str(thing.path[1]), path, node)
        return expanded

    def _edge(self, section: str, name: str, path: Path, node: Node) -> None:
        self.wiring.edges.append(Edge(self.entity, (section, name), path, node.mark))


def _files(volume: dict[str, Node], keys: Iterable[str]) -> dict[str, str]:
    chosen = fields(volume.get("files"))
    return {file: str(node.value) for file, node in chosen.items()} or {key: key for key in keys}


def _findings(expanded: Expanded, path: Path, node: Node) -> Iterator[Finding]:
    for problem in expanded.problems:
        yield Finding(
            problem.id, path, problem.message, node.mark, problem.fix, about=problem.about
        )


def _guarded(path: Path, node: Node) -> Finding:
    message = "only migrations and jobs may log in as the administrator"
    fix = "Use ${….url}; what needs more belongs into a migration or a Job."
    return Finding("admin-only", path, message, node.mark, fix)


def _on_command_line(path: Path, node: Node) -> Finding:
    message = "a secret may not stand here, where every process list shows it"
    fix = "Put it into env and let the program read it there."
    return Finding("visible-secret", path, message, node.mark, fix)


def _in_config(path: Path, node: Node) -> Finding:
    message = "a secret may not stand here, where everybody can read it"
    fix = "Mount a group of secrets, or give it to the scaler by `auth`."
    return Finding("visible-secret", path, message, node.mark, fix)
