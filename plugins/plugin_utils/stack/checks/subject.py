# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What checks look at, and the readers that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import findings
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.conditions import Off
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Edge
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.references import Expanded, expand
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
    find,
    items,
)

Object = dict[str, Any]
PROCESSES = ("migrations", "workloads")
_INNER = ("init", "sidecars")


class Fault(NamedTuple):
    """What a check says; the table of checks adds id and level. See Finding."""

    path: Path
    message: str
    where: Mark | None = None
    fix: str = ""
    about: Path = ()
    id: str = ""  # where it is not that of the check

    def finding(self, code: str, level: Level) -> Finding:
        """Return it as a finding."""
        return Finding(
            self.id or code, self.path, self.message, self.where, self.fix, level, self.about
        )


Faults = Iterator[Fault]


class Value(NamedTuple):
    """A value of an environment, with its references followed. `owner`: section and name."""

    owner: tuple[str, str]
    path: Path
    name: str
    node: Node
    expanded: Expanded

    @property
    def text(self) -> str:
        """The value as the program reads it; a secret in it shows as ****."""
        return "".join(part if isinstance(part, str) else "****" for part in self.expanded.parts)


@dataclass(frozen=True)
class Subject:
    """A merged stack under examination; it may still lack what another check asks for.

    tree:   every value with its mark.
    head:   what of the document needs no references (see assemble.Base).
    things: what references can refer to.
    edges:  who refers to whom.
    off:    what is not in the tree because it is switched off.
    """

    tree: Node
    head: dict[str, Any]
    things: Catalog
    edges: tuple[Edge, ...] = ()
    off: Off = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Node]:
        """Return the entities of a section."""
        return fields(find(self.tree, (name,)))

    def disabled(self, *sections: str) -> dict[str, Mark]:
        """Return what is switched off in some sections, and where."""
        return {name: mark for (section, name), mark in self.off.items() if section in sections}

    def text(self, *path: str) -> str:
        """Return the scalar at a path as text; empty where nothing is."""
        node = find(self.tree, path)
        simple = node is not None and isinstance(node.value, str | int | float)
        return str(node.value) if simple and node else ""

    @cached_property
    def values(self) -> list[Value]:
        """All values of all environments."""
        return [
            Value(owner, (*path, "env", name), name, node, expand(str(node.value), self.things))
            for owner, path, container in self.containers()
            for name, node in self._environment(container).items()
        ]

    def containers(self) -> Iterator[tuple[tuple[str, str], Path, Node]]:
        """Yield every process of the stack: its owner, its path and itself."""
        for section in PROCESSES:
            for name, entity in self.section(section).items():
                yield (section, name), (section, name), entity
                for kind in _INNER:
                    for inner, node in fields(fields(entity).get(kind)).items():
                        yield (section, name), (section, name, kind, inner), node

    def _environment(self, container: Node) -> dict[str, Node]:
        env: dict[str, Node] = {}
        for group in items(fields(container).get("config")):
            env |= fields(find(self.tree, ("config", str(group.value))))
        return env | fields(fields(container).get("env"))


def unknown(
    path: Path,
    node: Node,
    known: Iterable[str],
    what: str,
    word: object = None,
    off: Mapping[str, Mark] | None = None,
) -> Fault:
    """Say that a name refers to nothing; see findings.unknown. word: unless it is the value."""
    word = node.value if word is None else word
    found = findings.unknown(path, node.mark, word, known, what, off)
    return Fault(path, found.message, node.mark, found.fix, id=found.id.replace("unknown-name", ""))


def opened(workload: Node | None) -> dict[str, Node]:
    """Return all ports of a workload, those of its sidecars too."""
    ports = dict(fields(find(workload, ("ports",))))
    for sidecar in fields(find(workload, ("sidecars",))).values():
        ports |= fields(find(sidecar, ("ports",)))
    return ports
