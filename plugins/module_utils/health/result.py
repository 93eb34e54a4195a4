# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of the wait: one shape, however many objects and however it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.advice import advice
from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry, Moment
from ansible_collections.slipway.stack.plugins.module_utils.health.details import (
    Details,
    Log,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

LAST_WORDS = 300  # characters


def good(board: Board, seconds: float, *, checked: bool = False) -> dict[str, Any]:
    """Return the result of a wait that ended well, or of check mode, which only looks."""
    ready, total = len(board.of(Status.READY)), len(board.entries)
    text = f"{ready} of {total} ready" if checked else f"{_all(total)} ready"
    msg = f"{text} after {seconds:.1f} s" if total else "nothing to wait for"
    if checked and ready < total:
        waiting = next(one for one in board.entries if one.verdict.status is not Status.READY)
        msg = f"{text} now; not ready: {_sentence(waiting)}"
    return _shape(board, {}, failed=False, msg=msg)


def bad(
    board: Board, seconds: float, details: Mapping[Ref, Details], *, timed_out: bool
) -> dict[str, Any]:
    """Return the result of a wait that failed. Its msg begins with the most probable cause."""
    first = cause(board, details)
    verb = "cannot become ready" if board.failed else "is not ready"
    words = [f"{first.target.ref} {verb}: {first.verdict.message}."]
    words += [
        f"It uses {other.target.ref}, which is not ready: {other.verdict.message}."
        for other in details.get(first.target.ref, Details()).uses[:1]
    ]
    words += [_last_words(first, details) or advice(first.verdict.reason)]
    after = f"Gave up after {seconds:.0f} s: " if timed_out else f"After {seconds:.0f} s: "
    words += [f"{after}{_counts(board)}."]
    return _shape(board, details, failed=True, msg=" ".join(word for word in words if word))


def cause(board: Board, details: Mapping[Ref, Details]) -> Entry:
    """Return what most probably made the wait fail: what failed first, else what waits longest.

    Services and routes are not ready because their pods are not, so they are blamed last; before
    them what uses something that is not ready either.
    """
    found = board.failed or board.pending
    return min(
        found,
        key=lambda one: (
            one.target.ref.kind in _FOLLOWERS,
            bool(details.get(one.target.ref, Details()).uses),
            one.since,
        ),
    )


def _last_words(entry: Entry, details: Mapping[Ref, Details]) -> str:
    """Return the last line of the log of what has failed: it mostly says why it ended.

    What still runs has said many things since.
    """
    found = details.get(entry.target.ref, Details())
    for log in found.logs if entry.verdict.status is Status.FAILED else ():
        lines = [line.strip() for line in log.text.splitlines() if line.strip()]
        if lines:
            return f'Its log ends with "{lines[-1][:LAST_WORDS]}".'
    return ""


_FOLLOWERS = {"Service", "Ingress", "HTTPRoute", "GRPCRoute", "Gateway", "PodDisruptionBudget"}


def _shape(
    board: Board, details: Mapping[Ref, Details], *, failed: bool, msg: str
) -> dict[str, Any]:
    """Return the result. Ansible prints all of a failure: what is ready is only named then."""
    told = [one for one in board.entries if not failed or one.verdict.status is not Status.READY]
    about = {one.target.ref for one in told}
    return {
        "changed": False,
        "failed": failed,
        "msg": msg,
        "ready": _names(board.of(Status.READY)),
        "failures": _names(board.failed),
        "pending": _names(board.pending),
        "resources": [_resource(one, board, details) for one in told],
        "timeline": [_moment(one) for one in board.timeline if one.target.ref in about],
    }


def _moment(one: Moment) -> str:
    """Return ``2026-11-22T04:28:37Z Deployment shop/api failed CrashLoop: it exits ...``."""
    verdict = one.verdict
    head = f"{stamp(one.at)} {one.target.ref} {verdict.status.value} {verdict.reason}"
    return f"{head}: {verdict.message}"


def _resource(entry: Entry, board: Board, details: Mapping[Ref, Details]) -> dict[str, Any]:
    verdict, found = entry.verdict, details.get(entry.target.ref, Details())
    began = board.timeline[0].at if board.timeline else entry.since
    ready_after = None if entry.ready_at is None else round(entry.ready_at - began, 1)
    told = {
        **entry.target.ref.as_dict(),
        "status": verdict.status.value,
        "reason": verdict.reason,
        "message": verdict.message,
        "since": stamp(entry.since),
        "seconds_to_ready": ready_after,
        "pods": f"{verdict.peers.ready}/{verdict.peers.total}" if verdict.peers.total else "",
        "uses": _names(found.uses),
        "evidence": [f"{one.source}: {one.text}" for one in verdict.evidence],
        "warnings": list(verdict.warnings),
        "events": [str(one) for one in found.events],
        "logs": [_log(one) for one in found.logs],
    }
    return {key: value for key, value in told.items() if value not in ("", [], None)}


def _log(one: Log) -> dict[str, Any]:
    return {
        "pod": one.pod,
        "container": one.container,
        "previous": one.previous,
        "lines": one.text.splitlines(),
    }


def stamp(at: float) -> str:
    """Return seconds since the epoch as Kubernetes writes times."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _names(entries: Iterable[Entry]) -> list[str]:
    return [str(one.target.ref) for one in entries]


def _sentence(entry: Entry) -> str:
    return f"{entry.target.ref}, {entry.verdict.message}"


def _counts(board: Board) -> str:
    counts = (
        (len(board.failed), "failed"),
        (len(board.pending), "not ready"),
        (len(board.of(Status.READY)), "ready"),
    )
    return ", ".join(f"{number} {word}" for number, word in counts if number)


def _all(total: int) -> str:
    return "it is" if total == 1 else f"all {total}"
