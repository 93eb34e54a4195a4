# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of `plan`: what a deployment would bring, as files, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.front import (
    from_files,
    result,
    with_files,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import Object, of_role
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.page import page
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import Resolved

Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_NAME = re.compile(r"^name:\s*[\"']?([a-z0-9_-]+)", re.MULTILINE)


def run(params: dict[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Resolve one host's stack, tell its findings, and write the plan if there is a folder for it.

    params: those of `resolve`, and host, folder (of all plans, may be empty) and beside (stack
    files of the other hosts of this run).
    Returns what `resolve` returns, and ``folder``, that of this plan. Raises StackError.
    """
    resolved = from_files(params)
    for line in _told(resolved.findings):
        report(line)
    outcome = result(resolved, params["stack_file"])
    if not params["folder"]:
        return {**outcome, "folder": ""}
    folder = Path(params["folder"]) / _folder_name(params)
    changed = False
    for name, text in _files(resolved, params):
        changed |= _written(folder / name, text, check=check)
    return {**outcome, "folder": str(folder), "changed": changed}


def _told(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"{finding.level} {finding.id}: {finding}"
    count = Counter(finding.level for finding in findings)
    words = [_number(count[level], level) for level in (Level.ERROR, Level.WARNING)]
    words += [_number(count[Level.DRAFT], Level.DRAFT)] if count[Level.DRAFT] else []
    waived = [f"{count[Level.WAIVED]} waived"] if count[Level.WAIVED] else []
    yield f"{_number(len(findings), 'finding')}: {', '.join([*words, *waived])}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _folder_name(params: dict[str, Any]) -> str:
    """Name it after the stack; where several hosts run the same one, after the host, too."""
    name = _name(params["stack_file"]) or params["host"]
    shared = name in map(_name, params["beside"])
    return f"{name}-{params['host']}" if shared else str(name)


def _name(stack_file: str) -> str:
    try:
        found = _NAME.search(Path(stack_file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return found[1] if found else ""


def _files(resolved: Resolved, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and text; of a stack with errors there are no objects, and old ones would lie."""
    findings = [finding.as_dict() for finding in resolved.findings]
    yield "findings.json", json.dumps(findings, indent=2, ensure_ascii=False) + "\n"
    yield "stack.html", page(resolved, host=params["host"])
    yield "objects.yaml", _objects(resolved, params["stack_file"])


def _objects(resolved: Resolved, stack_file: str) -> str:
    if resolved.document is None:
        return ""
    models = build(with_files(cast(dict[str, Any], resolved.document), stack_file))
    return yaml.dump_all(
        objects(models), Dumper=Dumper, explicit_start=True, sort_keys=True, allow_unicode=True
    )


def objects(models: dict[str, Any]) -> list[Object]:
    """Return everything that a deployment applies or runs, in the order of its phases."""
    markers = {migration["name"]: "" for migration in models["migrations"]}
    jobs = [migration["job"] for migration in models["migrations"] if migration.get("job")]
    return [
        *of_role(models, "infra", {}),
        *render("migrations", jobs, {}),
        *of_role(models, "workloads", markers),
        *of_role(models, "ingress", {}),
    ]


def _written(path: Path, text: str, *, check: bool) -> bool:
    """Bring a file to this text; an empty text removes it. Returns whether that changed it."""
    try:
        before = path.read_text("utf-8") if path.exists() else ""
        if before == text or check:
            return before != text
        if not text:
            path.unlink()
            return True
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StackError(
            f"Cannot write {path}: {error.strerror}. Choose another folder."
        ) from error
    return True
