# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What depends on `enabled`: parts that are switched off, and defaults that hold with others.

A part that is switched off is as if it were not written; what refers to it is told where it was
switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Document, Spec
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.workloads import Scale
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    Level,
    unknown,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.merge import lay
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.shape import shape
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
    find,
    items,
    plain,
    put,
)

SECTIONS = ("workloads", "migrations", "datastores", "routes")
_FOR_WARNINGS = ("env", "replicas")
Off = Mapping[tuple[str, str], Mark]  # what is switched off, and where
NOTHING_OFF: Off = {}


def switched_off(tree: Node) -> Off:
    """Return the entities that say `enabled: false`."""
    found: dict[tuple[str, str], Mark] = {}
    for section in SECTIONS:
        for name, entity in fields(find(tree, (section,))).items():
            if (said := _off(entity)) is not None:
                found[section, name] = said.mark
    return found


def _off(entity: Node) -> Node | None:
    """Return the `enabled: false` of an entity, None where it does not say so."""
    said = fields(entity).get("enabled")
    return said if said is not None and said.value is False else None


def unasked(tree: Node, off: Off) -> set[Path]:
    """Return the hooks that are switched off themselves, or go through a route that is.

    They may be called like a workload: nothing refers to them, and no `when` speaks of them.
    """
    found: set[Path] = set()
    for name, hook in fields(find(tree, ("verify",))).items():
        route = fields(hook).get("route")
        is_cut_off = route is not None and ("routes", str(route.value)) in off
        if is_cut_off or _off(hook) is not None:
            found.add(("verify", name))
    return found


def without(tree: Node, paths: Iterable[Path]) -> Node:
    """Return the tree as if the entities were not in it."""
    return reduce(lambda kept, path: put(kept, path, None), paths, tree)


def conditional(tree: Node) -> list[tuple[str, str, Node]]:
    """Return (section, name, defaults) of each entity that a `when` of this tree gives some."""
    on = _present(tree) - {name for _section, name in switched_off(tree)}
    found: dict[tuple[str, str], Node] = {}
    for condition in fields(find(tree, ("when",))).values():
        if not _holds(condition, on):
            continue
        for (section, name), defaults in _entities(find(condition, ("defaults",))):
            if fields(find(tree, (section, name))):
                form = shape().child(section).child(name)
                found[section, name] = lay(found.get((section, name)), defaults, form)
    return [(section, name, defaults) for (section, name), defaults in found.items()]


def warnings(tree: Node, document: Document) -> Iterator[Finding]:
    """Yield what a stack says of itself where its conditions hold.

    tree: without what is switched off.
    """
    for name, condition in fields(find(tree, ("when",))).items():
        warn = fields(condition).get("warn")
        if warn and _holds(condition, _present(tree)) and _is_so(plain(condition), document):
            message, path = str(warn.value).rstrip("."), ("when", name)
            yield Finding("stack-warning", path, message, warn.mark, level=Level.WARNING)


def conditions(tree: Node) -> Iterator[Finding]:
    """Yield the names in `when` that are none of the stack, and what does not go together."""
    known = [name for section in SECTIONS for name in fields(find(tree, (section,)))]
    workloads = fields(find(tree, ("workloads",)))
    for name, condition in fields(find(tree, ("when",))).items():
        path, entries = ("when", name), fields(condition)
        for key in ("enabled", "disabled"):
            for index, node in enumerate(items(entries.get(key))):
                if node.value not in known:
                    what = "workload, migration, datastore or route"
                    yield unknown((*path, key, index), node.mark, node.value, known, what)
        for key in _FOR_WARNINGS:
            for owner, node in fields(entries.get(key)).items():
                if owner not in workloads:
                    yield unknown((*path, key, owner), node.mark, owner, workloads, "workload")
        yield from _consequences(path, condition)
        for (section, entity), node in _entities(find(condition, ("defaults",))):
            there = fields(find(tree, (section,)))
            if entity not in there:
                place = (*path, "defaults", section, entity)
                yield unknown(place, node.mark, entity, there, section.removesuffix("s"))


def _consequences(path: Path, condition: Node) -> Iterator[Finding]:
    entries = fields(condition)
    if not entries.keys() & {"defaults", "warn"}:
        fix = "Give it `defaults`, or say by `warn` what people should know."
        yield Finding("missing", path, "nothing follows from it", condition.mark, fix)
    for key in _FOR_WARNINGS:
        if key in entries and "defaults" in entries:
            message = "defaults can depend on what is enabled only"
            fix = "Split it in two."
            yield Finding("foreign-key", (*path, key), message, entries[key].mark, fix)


def _holds(condition: Node, on: set[str]) -> bool:
    wanted, unwanted = (
        {str(node.value) for node in items(fields(condition).get(key))}
        for key in ("enabled", "disabled")
    )
    return wanted <= on and not unwanted & on


def _is_so(condition: Spec, document: Document) -> bool:
    workloads = document["workloads"]
    for name, values in condition.get("env", {}).items():
        env = workloads[name]["env"] if name in workloads else {}
        if not all(env.get(key) == {"value": value} for key, value in values.items()):
            return False
    return all(
        name in workloads and _most(workloads[name]["scale"]) >= number
        for name, number in condition.get("replicas", {}).items()
    )


def _most(scale: Scale) -> int:
    return scale.get("max") or scale.get("replicas", 1)


def _present(tree: Node) -> set[str]:
    # What a null has deleted is still there as a tombstone.
    sections = [fields(find(tree, (section,))) for section in SECTIONS]
    return {name for entries in sections for name, one in entries.items() if one.value is not None}


def _entities(defaults: Node | None) -> Iterator[tuple[tuple[str, str], Node]]:
    for section in SECTIONS:
        for name, node in fields(fields(defaults).get(section)).items():
            yield (section, name), node
