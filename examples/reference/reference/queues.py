# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queues on Redis, as BullMQ's are: a list of what waits and one of what is in somebody's hands."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import cast

import psycopg
import redis

TURN_S = 1

_log = logging.getLogger("reference.queues")


@dataclass(frozen=True, slots=True)
class Queue:
    """Texts, first come first served; each is one worker's until it says that it is done."""

    client: redis.Redis
    name: str

    def put(self, text: str) -> None:
        """Add one. Raises redis.RedisError."""
        self.client.lpush(f"{self.name}:wait", text)

    def take(self) -> str | None:
        """Wait up to TURN_S for the next. Raises redis.RedisError."""
        return cast(
            "str | None",
            self.client.blmove(f"{self.name}:wait", f"{self.name}:active", TURN_S, "RIGHT", "LEFT"),
        )

    def done(self, text: str) -> None:
        """Forget one that was taken. Raises redis.RedisError."""
        self.client.lrem(f"{self.name}:active", 1, text)


@dataclass(slots=True)
class Worker:
    """Takes from a queue until SIGTERM; what is in its hands then is finished first."""

    queue: Queue
    work: Callable[[str], None]
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until SIGTERM."""
        signal.signal(signal.SIGTERM, self._stop)
        self.turns()

    def turns(self) -> None:
        """Work until stopped. An outage of Redis is waited out, a failed job is logged."""
        _log.info("working on %s", self.queue.name)
        while not self.stopped.is_set():
            try:
                self._turn()
            except redis.RedisError as error:
                _log.warning("Redis does not answer: %s", error)
                self.stopped.wait(TURN_S)
        _log.info("%s: closed", self.queue.name)

    def _turn(self) -> None:
        text = self.queue.take()
        if text is None:
            return
        try:
            self.work(text)
        except psycopg.OperationalError as error:  # an outage: tried again, as BullMQ does
            _log.warning("%s: %s put back: %s", self.queue.name, text, error)
            self.queue.put(text)
            self.stopped.wait(TURN_S)
        except Exception:
            _log.exception("%s: %s failed", self.queue.name, text)
        self.queue.done(text)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        _log.info("%s: SIGTERM, closing after the job in hand", self.queue.name)
        self.stopped.set()


def not_ready(client: redis.Redis) -> str:
    """Why Redis cannot be used; empty when it answers."""
    try:
        client.ping()
    except redis.RedisError as error:
        return f"Redis: {error}"
    return ""
