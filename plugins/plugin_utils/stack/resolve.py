# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves a stack: layers in, one document out, with everything that is wrong told at once.

    validate each layer → merge → write entities out → follow references → check → document
    → render → check the objects

Values in, values out; `front.py` reads the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from itertools import takewhile
from typing import Any, NamedTuple, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import presets
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.assemble import (
    Base,
    assemble,
    base,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import absent
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import (
    WAIVABLE,
    check_objects,
    check_stack,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import Subject
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.waivers import waivers
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.completeness import completeness
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.conditions import (
    conditions,
    switched_off,
    unasked,
    warnings,
    without,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Document
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.explain import explain
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.extends import entities
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    errors,
    in_order,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import Edge, links, order
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.merge import bury, merge
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.normalise import normalise
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.patches import patched, patches
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.podcheck import podcheck
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.validate import (
    MOST,
    validate,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.structure import structural
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    find,
    put,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.wiring import (
    Wiring,
    wire,
)

# Sections whose entries stand for themselves: a fault in one does not hide those of the others.
_APART = frozenset(
    (
        "accounts",
        "config",
        "datastores",
        "external",
        "images",
        "migrations",
        "routes",
        "secrets",
        "sites",
        "verify",
        "when",
        "workloads",
    )
)
_NO_PRESET = Finding(
    "missing",
    ("preset",),
    "missing",
    fix="The environment must say `preset: local`, `shared` or `production`.",
)


class Resolved(NamedTuple):
    """A resolved stack.

    document: see document/; None if there are errors.
    findings: errors and warnings, by file and line.
    tree:     the merged stack, every value with its mark and what it overrode.
    edges:    who refers to whom, and where; None if the layers were too broken to be merged.
    """

    document: Document | None
    findings: list[Finding]
    tree: Node
    edges: tuple[Edge, ...] | None = None

    def explain(self, path: str) -> str:
        """Say where the value at a path comes from; see explain.py."""
        return explain(self.tree, path)


def resolve(
    stack: Node,
    environments: Sequence[Node],
    releases: Sequence[Node] = (),
    today: date = date.max,
) -> Resolved:
    """Resolve layers: a stack file, environments from low to high, at most one release file.

    today: the day on which waivers are judged; unless it is told, all of them have expired.
    A fault in one entity is told together with those of all others, but not with its own echoes:
    what would only be wrong because of it.
    """
    kinds = ["stack", *["environment"] * len(environments), *["release"] * len(releases)]
    layers = [stack, *environments, *releases]
    faults = [validate(layer, kind) for layer, kind in zip(layers, kinds, strict=True)]
    findings = [finding for found in faults for finding in found]
    broken = frozenset(finding.path[:2] for finding in findings)
    hopeless = len(findings) >= MOST
    if hopeless or any(len(path) < 2 or path[0] not in _APART for path in broken):
        return Resolved(None, in_order(findings), stack)
    pairs = zip(layers, faults, strict=True)
    sound = [normalise(reduce(_mended, found, layer)) for layer, found in pairs]
    whole = _merged(sound, today)
    more = [one for one in whole.findings if not {one.path[:2], one.about} & broken]
    findings = in_order([*findings, *more])
    return Resolved(None if errors(findings) else whole.document, findings, whole.tree, whole.edges)


def _mended(layer: Node, fault: Finding) -> Node:
    # Of a list all goes; an entity stays by name, so that what refers to it is no fault, too.
    path = tuple(takewhile(lambda step: isinstance(step, str), fault.path))
    stub = Node({}, fault.where) if len(path) == 2 and fault.where else None
    return put(layer, path, stub)


def _removed(layer: Node, fault: Finding) -> Node:
    return put(layer, fault.path, None)


def _merged(layers: list[Node], today: date) -> Resolved:
    stack, *upper = layers
    preset = _preset(upper)
    if preset is None:
        return Resolved(None, [_NO_PRESET], stack)
    merged = merge([presets.defaults(), presets.preset(preset), stack])
    findings: list[Finding] = []
    for layer in upper:
        refused = structural(layer, merged)
        findings += refused
        merged = merge(
            [merged, reduce(lambda kept, one: put(kept, one.path, None), refused, layer)]
        )
    written, more = entities(merged)
    tree, nothing = bury(written)
    return _checked(tree, [*findings, *more, *nothing], today)


def _preset(layers: list[Node]) -> str | None:
    chosen = [find(layer, ("preset",)) for layer in layers]
    said = [str(node.value) for node in chosen if node is not None and node.value is not None]
    return said[-1] if said else None


def examined(whole: Node) -> tuple[Subject, Base, Wiring]:
    """Return what checks look at, and what it was made from. whole: Resolved.tree."""
    off = switched_off(whole)
    tree = without(whole, {*off, *unasked(whole, off)})
    stack = base(tree)
    things = stack.things() | absent(off)
    wiring = wire(tree, things, stack.from_afar(things))
    return Subject(tree, stack.head, things, tuple(wiring.edges), off), stack, wiring


def _checked(whole: Node, findings: list[Finding], today: date) -> Resolved:
    subject, stack, wiring = examined(whole)
    tree = subject.tree
    ordered = order(tree, wiring.edges)
    waived = waivers(tree, today)
    findings = [
        *findings,
        *completeness(tree),
        *podcheck(tree),
        *conditions(whole),
        *waived.applied([*wiring.findings, *ordered.findings, *check_stack(subject)]),
        *waived.faults(WAIVABLE),
    ]
    edges = tuple(links(tree, wiring.edges, ordered))
    if errors(findings):
        return Resolved(None, findings, whole, edges)
    document = assemble(stack, wiring, ordered)
    rendered = objects(build(cast(dict[str, Any], document)))
    changed = patched(rendered, document["patches"])
    findings += [
        *patches(tree, rendered),
        *warnings(tree, document),
        *waived.applied(check_objects(changed, subject)),
        *waived.unused(),
    ]
    return Resolved(document, findings, whole, edges)
