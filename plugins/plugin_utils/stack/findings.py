# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a stack, or worth knowing: one shape for every check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Mark, Path, dotted


class Level(StrEnum):
    """An error stops everything, a draft only the deployment, and a warning is printed.

    What is waived is kept on record.
    """

    ERROR = "error"
    DRAFT = "draft"
    WARNING = "warning"
    WAIVED = "waived"


class Finding(NamedTuple):
    """One thing to mend.

    id:      stable, of lower-case words: ``unknown-key``.
    path:    in the stack, not in the file: ``workloads.api.ports.http``.
    message: what is wrong, without a full stop.
    where:   the place that set the value; None where nothing did.
    fix:     what to do, one or more full sentences, or empty.
    about:   another entity that the finding rests on: if that one is broken itself, this finding
             may be no more than an echo.
    """

    id: str
    path: Path
    message: str
    where: Mark | None = None
    fix: str = ""
    level: Level = Level.ERROR
    about: Path = ()

    def __str__(self) -> str:
        subject = f"{dotted(self.path)}: " if self.path else ""
        place = f" ({self.where})" if self.where else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{subject}{self.message}{place}.{fix}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "id": self.id,
            "level": str(self.level),
            "path": dotted(self.path),
            "message": self.message,
            "where": self.where._asdict() if self.where else {},
            "fix": self.fix,
        }


def unknown(
    path: Path,
    where: Mark,
    word: object,
    known: Iterable[str],
    what: str,
    off: Mapping[str, Mark] | None = None,
) -> Finding:
    """Say that a name refers to nothing, with the nearest one or all that exist.

    off: names that exist but are switched off, and where.
    """
    if off and word in off:
        message = f'the {what} "{word}" is disabled ({off[str(word)]})'
        return Finding("disabled", path, message, where, "Enable it, or disable this as well.")
    names = list(known)
    there = f"Known here: {', '.join(names)}." if names else "There is none at all."
    fix = nearest(str(word), names).strip() or there
    return Finding("unknown-name", path, f'there is no {what} "{word}"', where, fix)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return those with which nothing can be made of the stack."""
    return [finding for finding in findings if finding.level is Level.ERROR]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file and line, and tell the same fault of one place once.

    A mistake in a profile shows in every workload that extends it; mending one place mends all.
    """
    once: dict[tuple[str, str, Mark | None], Finding] = {}
    for finding in findings:
        # Without a place there is nothing that tells two faults apart but their paths.
        place = finding.where or Mark("", dotted(finding.path))
        once.setdefault((finding.id, finding.message, place), finding)
    return sorted(once.values(), key=_place)


def _place(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.where or Mark("", "")
    return (where.file, where.line, where.column, dotted(finding.path))
