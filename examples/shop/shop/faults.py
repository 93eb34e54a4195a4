# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand, so that a deployment can be shown to notice them.

Each is a variable FAULT_<NAME>; all are off unless set, and an unknown one is refused, because a
misspelt fault would make a test pass for the wrong reason. They apply to `serve`, but for
FAULT_MIGRATION_*, which apply to migrations, and FAULT_IGNORE_SIGTERM, which applies to both.
"""

from __future__ import annotations

import asyncio
import difflib
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "FAULT_"
PROBES = ("/healthz", "/metrics")

_log = logging.getLogger("shop.faults")


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults are on; times in seconds."""

    crash_at_start: bool = False
    crash_after_s: float = 0  # ends at once, without draining
    slow_start_s: float = 0  # before the port opens
    never_ready: bool = False
    ignore_sigterm: bool = False
    exhaust_memory: float = 0  # MB per second
    hang: bool = False  # every request, probes included
    slow_request_s: float = 0  # every request but probes
    error_rate: float = 0  # share of requests, probes apart, answered by 500
    migration_fail_at: int = 0  # number of the statement, counted from 1 over the whole run
    migration_slow_s: float = 0  # before every statement
    migration_hang: bool = False  # in the first statement's transaction


NAMES = {PREFIX + field.name.upper(): field for field in fields(Faults)}


def problems(environ: Mapping[str, str]) -> list[str]:
    """What is wrong with the FAULT_ variables, one sentence each."""
    found = []
    for name in sorted(key for key in environ if key.startswith(PREFIX)):
        if name not in NAMES:
            known = {known.removeprefix(PREFIX): known for known in NAMES}
            near = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
            hint = f"did you mean {known[near[0]]}?" if near else f"known: {', '.join(NAMES)}."
            found.append(f"{name} is no known fault; {hint}")
        elif not _valid(name, environ[name]):
            kind = {"bool": "true or false", "int": "a whole number"}.get(
                str(NAMES[name].type), "a number"
            )
            found.append(f"{name} is {environ[name]!r}: give {kind}, not negative.")
    return found


def read(environ: Mapping[str, str]) -> Faults:
    """Read variables in which `problems` found none."""
    return Faults(
        **{NAMES[name].name: _value(name, environ[name]) for name in NAMES if name in environ}
    )


def _value(name: str, text: str) -> Any:
    kind = NAMES[name].type  # a string: annotations are not evaluated
    if kind == "bool":
        return {"true": True, "false": False, "": False}[text]
    return int(text or 0) if kind == "int" else float(text or 0)


def _valid(name: str, text: str) -> bool:
    try:
        return bool(0 <= _value(name, text) < float("inf"))
    except (KeyError, ValueError):
        return False


def start(faults: Faults) -> None:
    """Do what happens when the server starts, and set off what happens later."""
    if faults != Faults():
        _log.warning("faults are on: %s", faults)
    if faults.crash_at_start:
        _log.error("fault: crash at start")
        sys.exit(1)
    if faults.crash_after_s:
        _in_background(lambda: _crash(faults.crash_after_s))
    if faults.exhaust_memory:
        _in_background(lambda: _exhaust_memory(faults.exhaust_memory))
    time.sleep(faults.slow_start_s)


def _in_background(target: Callable[[], None]) -> None:
    threading.Thread(target=target, daemon=True).start()


def _crash(after_s: float) -> None:
    time.sleep(after_s)
    _log.error("fault: crash after %g s", after_s)
    os._exit(1)


def _exhaust_memory(mb_per_s: float) -> None:
    held = []
    while True:
        held.append(b"x" * int(mb_per_s * 100_000))
        time.sleep(0.1)


class FaultyRequests:
    """ASGI wrapper for the faults that concern requests."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hang, delay or refuse the request, or pass it on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if self.faults.hang:
            await asyncio.Event().wait()
        if scope["path"] not in PROBES:
            await asyncio.sleep(self.faults.slow_request_s)
            if random.random() < self.faults.error_rate:
                answer = JSONResponse({"error": "fault: error rate"}, status_code=500)
                return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def rehearsal(faults: Faults) -> list[str]:
    """Harmless statements which a migration fault adds to the run, and which are not recorded.

    A database that is up to date has nothing to migrate, hence nothing that could fail.
    """
    on = faults.migration_fail_at or faults.migration_slow_s or faults.migration_hang
    count = max(faults.migration_fail_at, 3) if on else 0
    return [f"SELECT {number} AS fault_rehearsal" for number in range(1, count + 1)]


def statement(faults: Faults, number: int, sql: str) -> str:
    """The SQL to run as statement `number`, after what the faults do before it."""
    time.sleep(faults.migration_slow_s)
    while faults.migration_hang:
        time.sleep(60)
    return "SELECT 1 / 0 AS fault_migration_fail_at" if number == faults.migration_fail_at else sql
