# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: a finding that is accepted, by whom it concerns, with a reason and until a day.

    waivers:
      plain-credential: [{path: workloads.api.env.DEMO_TOKEN, reason: "…", until: "2027-01-31"}]

A waiver that has expired no longer holds and is an error; one that meets nothing is told, too:
both would hide the next finding in that place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, Level
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    dotted,
    fields,
    find,
    items,
)


@dataclass(slots=True)
class Waiver:
    """One of them; `met` tells whether it was of use."""

    id: str
    scope: str
    reason: str
    until: date | None
    path: Path
    mark: Mark
    met: bool = False

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding: at its path or below it."""
        at = dotted(finding.path)
        within = at == self.scope or at.startswith((f"{self.scope}.", f"{self.scope}["))
        return finding.id == self.id and within


@dataclass(slots=True)
class Waivers:
    """All waivers of a stack on one day."""

    today: date
    known: list[Waiver] = field(default_factory=list)

    def applied(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings, those that somebody accepted at the level `waived`."""
        return [self._judged(finding) for finding in findings]

    def _judged(self, finding: Finding) -> Finding:
        for waiver in self.known:
            if waiver.covers(finding):
                waiver.met = True
                if waiver.until and waiver.until >= self.today:
                    fix = f"Waived until {waiver.until}: {waiver.reason}"
                    return finding._replace(level=Level.WAIVED, fix=fix)
        return finding

    def faults(self, ids: Iterable[str]) -> list[Finding]:
        """Return what is wrong with the waivers themselves. ids: those that can be waived."""
        names = list(ids)
        return [found for waiver in self.known if (found := self._fault(waiver, names))]

    def _fault(self, waiver: Waiver, ids: list[str]) -> Finding | None:
        if waiver.id not in ids:
            fix = nearest(waiver.id, ids).strip() or "docs/checks.md lists them."
            message = f'there is no check "{waiver.id}" that can be waived'
            return Finding("unknown-name", waiver.path[:2], message, waiver.mark, fix)
        if waiver.until is None:
            message, fix = "there is no such day", 'Write it as "2027-01-31".'
            return Finding("bad-value", (*waiver.path, "until"), message, waiver.mark, fix)
        if waiver.until < self.today:
            message = f"this waiver ended on {waiver.until}"
            fix = "Mend what it is about, or decide anew."
            return Finding("expired-waiver", waiver.path, message, waiver.mark, fix)
        return None

    def unused(self) -> list[Finding]:
        """Return waivers that met nothing."""
        message, fix = "nothing is found there that could be waived", "Remove the waiver."
        return [
            Finding("unused-waiver", one.path, message, one.mark, fix, Level.WARNING)
            for one in self.known
            if not one.met
        ]


def waivers(tree: Node, today: date) -> Waivers:
    """Read the waivers of a merged stack."""
    known = [
        _waiver(code, index, item)
        for code, group in fields(find(tree, ("waivers",))).items()
        for index, item in enumerate(items(group))
    ]
    return Waivers(today, known)


def _waiver(code: str, index: int, item: Node) -> Waiver:
    said = {key: str(node.value) for key, node in fields(item).items()}
    path = ("waivers", code, index)
    until = _day(said.get("until", ""))
    return Waiver(code, said.get("path", ""), said.get("reason", ""), until, path, item.mark)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
