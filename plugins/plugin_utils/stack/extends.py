# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an entity is in the end: its section's defaults, its profiles, itself; then its size.

Defaults that depend on what is enabled (`when`) lie below the profiles, above the section's.
"""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.conditions import conditional
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.merge import lay
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.shape import shape
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.structure import SECTIONS
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
    put,
)

_SIZED = ("datastores", "migrations", "workloads")
_CONTAINERS = ("init", "sidecars")
_AS_THEY_ARE = ("config", "profiles", "when")


def entities(merged: Node) -> tuple[Node, list[Finding]]:
    """Return the merged layers with every entity written out; profiles have served their turn."""
    findings: list[Finding] = []
    profiles = _Profiles(merged, findings)
    sections = dict(fields(merged))
    for section in SECTIONS:
        if section not in sections or sections[section].value is None:
            continue
        written = {
            name: _written_out(merged, section, name, profiles, findings)
            for name in fields(sections[section])
        }
        sections[section] = Node(written, sections[section].mark)
    for section, name, extra in conditional(Node(sections, merged.mark)):
        entity = _written_out(merged, section, name, profiles, findings, extra)
        sections[section] = put(sections[section], (name,), entity)
    return Node(sections, merged.mark), findings


def _written_out(
    merged: Node,
    section: str,
    name: str,
    profiles: _Profiles,
    findings: list[Finding],
    extra: Node | None = None,
) -> Node:
    own = fields(find(merged, (section,)))[name]
    if not isinstance(own.value, dict) or section in _AS_THEY_ARE:
        return own
    form = shape().child(section).child(name)
    profile = profiles.of((section, name), own) if section == "workloads" else None
    lower = find(merged, ("defaults", section))
    for layer in (extra, profile):
        lower = lay(lower, layer, form) if lower or layer else None
    # An entity stands where it was named, not where its defaults are.
    entity = lay(lower, own, form)._replace(mark=own.mark)
    return _sized(merged, section, name, entity, findings)


def _sized(merged: Node, section: str, name: str, entity: Node, findings: list[Finding]) -> Node:
    if section not in _SIZED:
        return entity
    sizes = fields(find(merged, ("sizes",)))
    entries = dict(fields(entity))
    own = entries.get("size")
    for group in filter(entries.__contains__, _CONTAINERS):
        containers = {
            key: _of_size(one, own, sizes, (section, name, group, key), findings)
            for key, one in fields(entries[group]).items()
        }
        entries[group] = entries[group]._replace(value=containers)
    whole = entity._replace(value=entries)
    return _of_size(whole, None, sizes, (section, name), findings)


def _of_size(
    node: Node, default: Node | None, sizes: dict[str, Node], path: Path, findings: list[Finding]
) -> Node:
    entries = fields(node)
    size = entries.get("size") or default
    if size is None or size.value is None:
        return node
    if size.value not in sizes:
        fix = nearest(str(size.value), sizes).strip() or f"Known here: {', '.join(sizes)}."
        message = f'there is no size "{size.value}"'
        findings.append(Finding("unknown-name", (*path, "size"), message, size.mark, fix))
        return node
    form = shape().child(str(path[0])).child("").child("resources")
    resources = lay(sizes[str(size.value)], entries.get("resources"), form)
    return Node({**entries, "resources": resources}, node.mark, node.overrode)


class _Profiles:
    """Profiles with what they extend laid below them, each made once."""

    def __init__(self, merged: Node, findings: list[Finding]) -> None:
        self._profiles = fields(find(merged, ("profiles",)))
        self._form = shape().child("profiles").child("")
        self._done: dict[str, Node | None] = {}
        self._findings = findings

    def of(self, path: tuple[str, str], own: Node, chain: tuple[str, ...] = ()) -> Node | None:
        """Return what the entity at `path` extends, written out; None if nothing."""
        extends = fields(own).get("extends")
        if extends is None or not isinstance(extends.value, str):
            return None
        name = extends.value
        if name in chain:
            circle = " → ".join([*chain[chain.index(name) :], name])
            self._refuse("cycle", path, f"profiles extend each other: {circle}", extends, "")
            return None
        if name not in self._profiles:
            fix = nearest(name, self._profiles).strip() or "Declare it in `profiles`."
            self._refuse("unknown-name", path, f'there is no profile "{name}"', extends, fix)
            return None
        if name not in self._done:
            self._done[name] = self._laid(name, (*chain, name))
        return self._done[name]

    def _laid(self, name: str, chain: tuple[str, ...]) -> Node:
        profile = self._profiles[name]
        lower = self.of(("profiles", name), profile, chain)
        return lay(lower, profile, self._form)

    def _refuse(
        self, code: str, path: tuple[str, str], message: str, extends: Node, fix: str
    ) -> None:
        self._findings.append(Finding(code, (*path, "extends"), message, extends.mark, fix))
