# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees while waiting: one line for each change, and a heartbeat in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry, Moment
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status

NAMED_IN_HEARTBEAT = 3


def widths(entries: Iterable[Entry]) -> tuple[int, int]:
    """Return the widths of the columns name and kind."""
    refs = [entry.target.ref for entry in entries]
    return (
        min(40, max((len(ref.name) for ref in refs), default=0)),
        max((len(ref.kind) for ref in refs), default=0),
    )


def line(moment: Moment, started: float, columns: tuple[int, int]) -> str:
    """Return ``  4.1s  api  Deployment  1/2 ready (pulling image)``."""
    ref, verdict = moment.target.ref, moment.verdict
    name, kind = columns
    words = verdict.message
    if verdict.status not in (Status.PROGRESSING, Status.READY):
        words = f"{verdict.status.upper()}: {words}"
    elif verdict.status is Status.READY and "ready" not in words:
        words = f"ready ({words})"
    return f"{_elapsed(moment.at - started)}  {ref.name:<{name}}  {ref.kind:<{kind}}  {words}"


def already_ready(ready: int, total: int, elapsed_s: float) -> str:
    """Return the line for what was ready at the first look."""
    count = f"all {total}" if ready == total else f"{ready} of {total}"
    return f"{_elapsed(elapsed_s)}  {count} ready at the first look"


def away(elapsed_s: float, why: str) -> str:
    """Return the line for when the API server stops answering."""
    return f"{_elapsed(elapsed_s)}  nothing is known any more, waiting for the API server: {why}"


def back(elapsed_s: float, away_s: float) -> str:
    """Return the line for when it answers again."""
    return f"{_elapsed(elapsed_s)}  the API server answers again, after {away_s:.0f} s"


def heartbeat(board: Board, elapsed_s: float, away_s: float | None) -> str:
    """Return one line that names what is waited for.

    away_s: for how long nothing has been known, None while all is known.
    """
    if away_s is not None:
        return f"{_elapsed(elapsed_s)}  nothing has been known for {away_s:.0f} s, still waiting"
    total, pending = len(board.entries), board.pending
    if not pending:
        return f"{_elapsed(elapsed_s)}  all {total} ready, watching whether it lasts"
    named = [
        f"{one.target.ref.kind} {one.target.ref.name}: {one.verdict.message}" for one in pending
    ]
    rest = len(named) - NAMED_IN_HEARTBEAT
    words = "; ".join(named[:NAMED_IN_HEARTBEAT]) + (f"; and {rest} more" if rest > 0 else "")
    return f"{_elapsed(elapsed_s)}  {total - len(pending)} of {total} done, waiting for {words}"


def notes(board: Board) -> Iterator[str]:
    """Yield what is worth knowing of what is ready."""
    for entry in board.entries:
        for warning in entry.verdict.warnings:
            yield f"  note: {entry.target.ref}: {warning}"


def _elapsed(seconds: float) -> str:
    return f"{seconds:5.1f}s"
