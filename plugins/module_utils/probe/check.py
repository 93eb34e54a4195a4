# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of http_check: asks until the answer is right or the time is over.

Retries because the first request right after a roll-out may be refused for an instant, while the
proxy learns of the new pods.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.probe.transport import (
    NoAnswer,
    Request,
    address_of,
    ask,
)
from ansible_collections.slipway.stack.plugins.module_utils.probe.verdict import (
    Answer,
    Expected,
    enough,
    separate,
    shortfall,
)

ATTEMPT_S = 10.0  # one request that hangs must not eat the whole deadline
LEAST_S = 1.0  # what the last attempt gets, however little is left
PAUSE_S = 0.5
HEARTBEAT_S = 15.0


class Outcome(NamedTuple):
    """The last answer, if any, and what was wrong with it: an empty `problem` is a success."""

    answer: Answer | None
    problem: str
    attempts: int
    seconds: float


def run(params: dict[str, Any], *, check: bool, report: Callable[[str], None]) -> dict[str, Any]:
    """Ask `params["url"]` until it answers as expected; params as in arguments.HTTP_CHECK.

    In check mode nothing is sent: what would be asked has not been rolled out.
    """
    request, expected = _request(params), _expected(params)
    what = f"{request.method} {request.url}"
    if check:
        return {"changed": False, "msg": f"{what} would be asked."}
    outcome = ask_until(
        request,
        expected,
        timeout_s=params["timeout"],
        report=lambda line: report(f"{what}: {line}"),
    )
    return _result(what, outcome)


def ask_until(
    request: Request,
    expected: Expected,
    *,
    timeout_s: float,
    report: Callable[[str], None],
    send: Callable[..., Answer] = ask,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Send the request again and again until the answer is right or the time is over."""
    start, told, told_at, attempts = now(), "", now(), 0
    while True:
        attempts += 1
        left_s = start + timeout_s - now()
        answer, problem = _attempt(send, request, expected, left_s)
        left_s = start + timeout_s - now()
        if not problem or left_s <= PAUSE_S:
            return Outcome(answer, problem, attempts, now() - start)
        if problem != told or now() - told_at >= HEARTBEAT_S:
            report(f"{problem}; asking again for {left_s:.0f} s")
            told, told_at = problem, now()
        sleep(PAUSE_S)


def _attempt(
    send: Callable[..., Answer], request: Request, expected: Expected, left_s: float
) -> tuple[Answer | None, str]:
    """Return the answer, if any, and what is wrong, if anything."""
    longest_s = expected.within_s if expected.min_chunks else ATTEMPT_S
    seconds = max(LEAST_S, min(longest_s, left_s))
    try:
        answer = send(request, seconds=seconds, enough=lambda answer: enough(answer, expected))
    except NoAnswer as problem:
        return None, str(problem)
    return answer, shortfall(answer, expected)


def _request(params: dict[str, Any]) -> Request:
    return Request(
        url=params["url"],
        address=address_of(params["url"], params["address"]),
        method=params["method"].upper(),
        headers={str(name): str(value) for name, value in params["headers"].items()},
        body=params["body"],
    )


def _expected(params: dict[str, Any]) -> Expected:
    stream = params["stream"] or {"min_chunks": 0, "within": 0.0}
    return Expected(
        status=tuple(params["status"]),
        contains=params["contains"],
        min_chunks=stream["min_chunks"],
        within_s=stream["within"],
    )


def _result(what: str, outcome: Outcome) -> dict[str, Any]:
    answer, attempts = outcome.answer, outcome.attempts
    times = "once" if attempts == 1 else f"{attempts} times in {outcome.seconds:.0f} s"
    verdict = outcome.problem or f"{answer.status if answer else 0}, as expected"
    return {
        "changed": False,
        "failed": bool(outcome.problem),
        "msg": f"{what} (asked {times}): {verdict}",
        "status": answer.status if answer else 0,
        "chunks": separate(answer.arrivals) if answer else 0,
        "attempts": attempts,
        "elapsed": round(outcome.seconds, 3),
    }
