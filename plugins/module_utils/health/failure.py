# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads when the wait has failed: a table, then each failure with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.slipway.stack.plugins.module_utils.columns import aligned
from ansible_collections.slipway.stack.plugins.module_utils.health.advice import advice
from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry
from ansible_collections.slipway.stack.plugins.module_utils.health.details import Details, Log
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

READY_SHOWN = 20
ORDER = (
    Status.FAILED,
    Status.MISSING,
    Status.TERMINATING,
    Status.UNKNOWN,
    Status.SUSPENDED,
    Status.PROGRESSING,
    Status.READY,
)


def lines(board: Board, details: Mapping[Ref, Details]) -> Iterator[str]:
    """Yield the report line by line."""
    yield from _table(board)
    for entry in board.entries:
        if found := details.get(entry.target.ref):
            yield from _entry(entry, found)


def _table(board: Board) -> Iterator[str]:
    entries = sorted(board.entries, key=lambda one: ORDER.index(one.verdict.status))
    ready = len(board.of(Status.READY))
    if ready > READY_SHOWN:
        entries = [one for one in entries if one.verdict.status is not Status.READY]
    yield ""
    yield from aligned([("STATUS", "KIND", "NAME", "WHY"), *map(_row, entries)])
    if ready > READY_SHOWN:
        yield f"and {ready} that are ready"


def _row(entry: Entry) -> tuple[str, str, str, str]:
    status = entry.verdict.status
    word = status.value if status is Status.READY else status.value.upper()
    return word, entry.target.ref.kind, entry.target.ref.name, entry.verdict.message


def _entry(entry: Entry, found: Details) -> Iterator[str]:
    yield ""
    yield f"{entry.target.ref}: {entry.verdict.message}"
    if todo := advice(entry.verdict.reason):
        yield f"  what to do: {todo}"
    for other in found.uses:
        yield f"  uses: {other.target.ref}, which is not ready: {other.verdict.message}"
    for one in entry.verdict.evidence:
        yield f"  seen: {one.source}: {one.text}"
    for event in found.events:
        yield f"  event: {event}"
    for log in found.logs:
        yield from _log(log)


def _log(log: Log) -> Iterator[str]:
    run = "previous run" if log.previous else "this run"
    yield f"  log of container {log.container} of pod {log.pod}, {run}, last lines:"
    for line in log.text.splitlines():
        yield f"    | {line}"
