# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges one answer to one request; values in, values out.

Knows nothing of sockets, clocks and retries: see transport.py and check.py.
"""

from __future__ import annotations

from typing import NamedTuple

TOGETHER_S = 0.05  # what arrives closer than this was sent together: a proxy emptying its buffer
EXCERPT = 100


class Answer(NamedTuple):
    """What one request brought.

    arrivals: seconds between the request and each piece of the body, ascending.
    complete: the server ended the body; a stream that is still open is not complete.
    """

    status: int
    body: str
    arrivals: tuple[float, ...]
    complete: bool


class Expected(NamedTuple):
    """What the answer must be; `min_chunks` 0 means that no stream is expected."""

    status: tuple[int, ...]
    contains: str = ""
    min_chunks: int = 0
    within_s: float = 0.0


def separate(arrivals: tuple[float, ...]) -> int:
    """Count the pieces that arrived one after another, not together."""
    count, last = 0, float("-inf")
    for at in arrivals:
        if at - last >= TOGETHER_S:
            count += 1
        last = at
    return count


def enough(answer: Answer, expected: Expected) -> bool:
    """Say whether more of the body could not change the verdict."""
    streamed = separate(answer.arrivals) >= expected.min_chunks
    found = expected.contains in answer.body
    return bool(expected.min_chunks) and streamed and found


def shortfall(answer: Answer, expected: Expected) -> str:
    """Return what is wrong with the answer, or an empty string."""
    if answer.status not in expected.status:
        return _wrong_status(answer, expected)
    if expected.contains not in answer.body:
        return f'the body ({len(answer.body)} characters) lacks "{expected.contains}"'
    return _wrong_stream(answer, expected)


def _wrong_status(answer: Answer, expected: Expected) -> str:
    wanted = " or ".join(map(str, expected.status))
    hint = _STATUS_HINTS.get(answer.status, "")
    return f"status {answer.status} instead of {wanted}{hint}{_excerpt(answer)}"


def _wrong_stream(answer: Answer, expected: Expected) -> str:
    count = separate(answer.arrivals)
    if count >= expected.min_chunks:
        return ""
    pieces = "1 piece" if count == 1 else f"{count} pieces"
    ended = ", then the body ended" if answer.complete else ""
    return (
        f"the body came in {pieces} instead of {expected.min_chunks} "
        f"within {expected.within_s:g} s{ended}. Does a proxy on the way buffer it?"
    )


def _excerpt(answer: Answer) -> str:
    """Quote error pages only: what a login answers well with is a secret."""
    text = " ".join(answer.body.split())
    if answer.status < 400 or not text:
        return ""
    return f"; the body begins: {text[:EXCERPT]}" + ("…" if len(text) > EXCERPT else "")


_STATUS_HINTS = {
    404: " (is there a route for this host and path?)",
    502: " (the proxy reaches no healthy service)",
    503: " (no pod behind the route is ready?)",
    504: " (the service behind the proxy does not answer in time)",
}
