# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roll-out as a picture: who waited for whom, when each became ready, where the time went.

`spans` and `chain` are pure; page.py draws what they say.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health import page
from ansible_collections.slipway.stack.plugins.module_utils.health.blame import uses as used_by
from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store


class Span(NamedTuple):
    """A stretch of time with one verdict. begin, end: seconds from the start of the wait."""

    begin: float
    end: float
    status: Status
    message: str

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self.end - self.begin


class Row(NamedTuple):
    """One object of the picture. ready_s: when it became ready, None if it did not."""

    name: str
    kind: str
    spans: tuple[Span, ...]
    ready_s: float | None
    uses: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``Deployment api``."""
        return f"{self.kind} {self.name}"

    @property
    def status(self) -> Status:
        """What it was at the end."""
        return self.spans[-1].status if self.spans else Status.UNKNOWN

    @property
    def longest(self) -> Span | None:
        """The stretch, not ready, that took most of its time."""
        waiting = [one for one in self.spans if one.status is not Status.READY and one.seconds > 0]
        return max(waiting, key=lambda one: one.seconds, default=None)


def rows(board: Board, store: Store, started: float, seconds: float) -> list[Row]:
    """Return one row for each object, what became ready last or not at all at the end."""
    found = [_row(one, board, store, started, seconds) for one in board.entries]
    never = float("inf")
    return sorted(found, key=lambda row: (never if row.ready_s is None else row.ready_s, row.label))


def chain(found: list[Row]) -> list[Row]:
    """Return the longest wait: the last to become ready, what that waited for last, and so on."""
    by_label = {row.label: row for row in found}
    steps: list[Row] = []
    row: Row | None = found[-1] if found else None
    while row and row not in steps:
        steps.append(row)
        before = [by_label[label] for label in row.uses if label in by_label]
        row = max(before, key=_end, default=None)
    return list(reversed(steps))


def write(path: str, board: Board, store: Store, started: float, seconds: float) -> None:
    """Write the picture. Raises HealthError where that cannot be done."""
    found = rows(board, store, started, seconds)
    text = page.render(found, chain(found), seconds, started)
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise HealthError(
            f"timeline: {path} cannot be written: {error.strerror}. Name a file in a folder that "
            "exists and is yours."
        ) from error


def _row(entry: Entry, board: Board, store: Store, started: float, seconds: float) -> Row:
    moments = [one for one in board.timeline if one.target is entry.target]
    ends = [one.at for one in moments[1:]] + [started + seconds]
    spans = tuple(
        Span(one.at - started, max(end, one.at) - started, one.verdict.status, one.verdict.message)
        for one, end in zip(moments, ends, strict=True)
    )
    ready_s = None if entry.ready_at is None else max(0.0, entry.ready_at - started)
    others = tuple(_label(one) for one in used_by(entry, board, store))
    return Row(entry.target.ref.name, entry.target.ref.kind, spans, ready_s, others)


def _label(entry: Entry) -> str:
    return f"{entry.target.ref.kind} {entry.target.ref.name}"


def _end(row: Row) -> float:
    return float("inf") if row.ready_s is None else row.ready_s
