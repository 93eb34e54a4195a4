# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door: reads the files of a stack, resolves it and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, cast

from ansible_collections.slipway.stack.plugins.module_utils.packed import pack
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import (
    Finding,
    Level,
    errors,
    in_order,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import Resolved, resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.sqlfiles import sql_files
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node

_HINTS = {
    "stack": "Correct its path in the inventory.",
    "release": "It is written when images are built: build them, or correct its path.",
}


def run(params: dict[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Resolve the stack of one host; ``check`` makes no difference, since nothing is changed.

    params: stack_file and release_file (paths, the latter may be empty), environment (list of
    Node, low to high), explain (a path, may be empty). Warnings are reported live.
    Returns ``findings``, ``explained`` and, as a fact, ``slipway_stack``; with errors ``failed``
    instead, and a ``msg`` that tells all of them. Raises StackError if a file cannot be read.
    """
    resolved = from_files(params)
    explained = resolved.explain(params["explain"]) if params.get("explain") else ""
    for line in explained.splitlines():
        report(line)
    for finding in resolved.findings:
        if finding.level is Level.WARNING:
            report(f"warning: {finding}")
    return {**_deployable(resolved, params["stack_file"]), "explained": explained}


def _deployable(resolved: Resolved, stack_file: str) -> dict[str, Any]:
    drafts = [one for one in resolved.findings if one.level is Level.DRAFT]
    if resolved.document is None or not drafts:
        return result(resolved, stack_file)
    told = f"{shown(stack_file)} can be planned with this environment, not deployed"
    return _refused(resolved, told, drafts)


def result(resolved: Resolved, stack_file: str) -> dict[str, Any]:
    """Return the result of a resolved stack, see `run`. Raises StackError."""
    if resolved.document is None:
        faults = errors(resolved.findings)
        number = f"{len(faults)} errors" if len(faults) > 1 else "an error"
        told = f"{shown(stack_file)} and its environment have {number}"
        return _refused(resolved, told, faults)
    document = with_files(cast(dict[str, Any], resolved.document), stack_file)
    return {**_found(resolved), "ansible_facts": {"slipway_stack": pack(build(document))}}


def with_files(document: dict[str, Any], stack_file: str) -> dict[str, Any]:
    """Return the document with the SQL files of its migrations. Raises StackError."""
    beside = Path(stack_file).parent
    migrations = {
        name: {**one, "files": sql_files(beside / one["folder"], name)} if one["folder"] else one
        for name, one in document["migrations"].items()
    }
    return {**document, "migrations": migrations}


def shown(path: str) -> str:
    """Return a path as people have it before them: relative where it lies below here."""
    absolute, here = Path(path).resolve(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def from_files(params: dict[str, Any]) -> Resolved:
    """Read and resolve what the options of `resolve` name. Raises StackError."""
    stack, findings = _read(params["stack_file"], "stack")
    releases: list[Node] = []
    if params["release_file"]:
        release, more = _read(params["release_file"], "release")
        releases, findings = [release], [*findings, *more]
    if findings:
        return Resolved(None, in_order(findings), stack)
    return resolve(stack, params["environment"], releases, date.today())


def _read(path: str, layer: str) -> tuple[Node, list[Finding]]:
    try:
        return read(Path(path), shown=shown(path), layer=layer)
    except StackError as error:
        raise StackError(f"{error} {_HINTS[layer]}") from error


def _refused(resolved: Resolved, told: str, faults: Iterable[Finding]) -> dict[str, Any]:
    msg = "\n  ".join([f"{told}:", *map(str, faults)])
    return {**_found(resolved), "failed": True, "msg": msg}


def _found(resolved: Resolved) -> dict[str, Any]:
    return {"changed": False, "findings": [one.as_dict() for one in resolved.findings]}
