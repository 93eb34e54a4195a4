# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves a stack: layers in, one document out, with everything that is wrong told at once.

    read → validate each layer → merge → write entities out → check → follow references → document

Files are read here and nowhere else; `resolve` itself takes layers and returns values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path as File
from typing import Any, cast

from ansible_collections.slipway.stack.plugins.plugin_utils.stack import presets
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.assemble import assemble, base
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.completeness import completeness
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.crosscheck import crosscheck
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document import Document
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.explain import explain
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.extends import entities
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    Level,
    errors,
    in_order,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.graph import order
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.merge import bury, merge
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.names import names
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.normalise import normalise
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.validate import validate
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.structure import structural
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    fields,
    without,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.wiring import wire

# Sections whose entries stand for themselves: a fault in one does not hide those of the others.
_APART = frozenset(("datastores", "migrations", "routes", "workloads"))
_NO_PRESET = Finding(
    "missing",
    ("preset",),
    "missing",
    fix="The environment must say `preset: local`, `shared` or `production`.",
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolved stack.

    document: see document.py; None if there are errors.
    findings: errors and warnings, by file and line.
    tree:     the merged stack, every value with its mark and what it overrode.
    """

    document: Document | None
    findings: list[Finding]
    tree: Node

    def explain(self, path: str) -> str:
        """Say where the value at a path comes from; see explain.py."""
        return explain(self.tree, path)


def run(params: dict[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Resolve the stack of one host; ``check`` makes no difference, since nothing is changed.

    params: stack_file and release_file (paths, the latter may be empty), environment (list of
    Node, low to high). Warnings are reported live.
    Returns ``findings`` and, as a fact, ``slipway_stack``; with errors ``failed`` instead, and a
    ``msg`` that tells all of them. Raises StackError if a file cannot be read.
    """
    resolved = _from_files(params)
    for finding in resolved.findings:
        if finding.level is Level.WARNING:
            report(f"warning: {finding}")
    result = {"changed": False, "findings": [one.as_dict() for one in resolved.findings]}
    if resolved.document is None:
        return {**result, "failed": True, "msg": _complaint(resolved, params["stack_file"])}
    return {
        **result,
        "ansible_facts": {"slipway_stack": build(cast(dict[str, Any], resolved.document))},
    }


def resolve(stack: Node, environments: Sequence[Node], releases: Sequence[Node] = ()) -> Resolved:
    """Resolve layers: a stack file, environments from low to high, at most one release file."""
    names = ["stack", *["environment"] * len(environments), *["release"] * len(releases)]
    layers = [stack, *environments, *releases]
    faults = [validate(layer, name) for layer, name in zip(layers, names, strict=True)]
    findings = [finding for found in faults for finding in found]
    broken = frozenset(finding.path[:2] for finding in findings)
    if any(len(path) < 2 or path[0] not in _APART for path in broken):
        return Resolved(None, in_order(findings), stack)
    sound = [_mended(layer, found) for layer, found in zip(layers, faults, strict=True)]
    whole = _resolved(sound)
    more = [one for one in whole.findings if not {one.path[:2], one.about} & broken]
    findings = in_order([*findings, *more])
    return Resolved(None if errors(findings) else whole.document, findings, whole.tree)


def shown(path: str) -> str:
    """Return a path as people have it before them: relative where it lies below here."""
    absolute, here = File(path).resolve(), File.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def _from_files(params: dict[str, Any]) -> Resolved:
    stack, findings = _read(params["stack_file"], "stack")
    releases: list[Node] = []
    if params["release_file"]:
        release, more = _read(params["release_file"], "release")
        releases, findings = [release], [*findings, *more]
    if findings:
        return Resolved(None, in_order(findings), stack)
    return resolve(stack, params["environment"], releases)


def _read(path: str, layer: str) -> tuple[Node, list[Finding]]:
    return read(File(path), shown=shown(path), layer=layer)


def _mended(layer: Node, faults: list[Finding]) -> Node:
    for fault in faults:
        layer = without(layer, tuple(takewhile(lambda step: isinstance(step, str), fault.path)))
    return normalise(layer)


def _resolved(layers: list[Node]) -> Resolved:
    stack, *upper = layers
    preset = _preset(upper)
    if preset is None:
        return Resolved(None, [_NO_PRESET], stack)
    merged = merge([presets.defaults(), presets.preset(preset), stack])
    findings: list[Finding] = []
    for layer in upper:
        findings += structural(layer, merged)
        merged = merge([merged, layer])
    written, more = entities(merged)
    tree, nothing = bury(written)
    return _checked(tree, [*findings, *more, *nothing])


def _preset(layers: list[Node]) -> str | None:
    chosen = [fields(layer)["preset"].value for layer in layers if "preset" in fields(layer)]
    return str(chosen[-1]) if chosen and chosen[-1] is not None else None


def _checked(tree: Node, findings: list[Finding]) -> Resolved:
    stack = base(tree)
    wiring = wire(tree, stack.things())
    ordered = order(tree, wiring.edges)
    findings = [
        *findings,
        *completeness(tree),
        *crosscheck(tree),
        *names(tree),
        *wiring.findings,
        *ordered.findings,
    ]
    document = None if errors(findings) else assemble(stack, wiring, ordered)
    return Resolved(document, findings, tree)


def _complaint(resolved: Resolved, stack_file: str) -> str:
    found = errors(resolved.findings)
    number = f"{len(found)} errors" if len(found) > 1 else "an error"
    lines = [f"{shown(stack_file)} and its environment have {number}:", *map(str, found)]
    return "\n  ".join(lines)
