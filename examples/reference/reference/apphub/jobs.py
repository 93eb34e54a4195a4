# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog's jobs: rows in its database, whose numbers travel to the workers through Redis."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
from psycopg.types.json import Jsonb

from reference import environment, postgres
from reference.queues import Queue, Worker

QUEUES = (
    "ingest",
    "build",
    "launch",
    "workflow",
    "materialize",
    "bundle",
    "events",
    "triggers",
)
Payload = dict[str, Any]

_log = logging.getLogger("reference.apphub.jobs")


@dataclass(frozen=True, slots=True)
class Stores:
    """What every part of the catalog needs; read once at its start."""

    url: str
    client: redis.Redis

    def add(self, queue: str, payload: Payload) -> int:
        """Store a job and tell the workers; its number."""
        (row,) = postgres.rows(
            self.url,
            "INSERT INTO jobs (queue, payload) VALUES (%s, %s) RETURNING id",
            queue,
            Jsonb(payload),
        )
        Queue(self.client, f"apphub:{queue}").put(str(row["id"]))
        return int(row["id"])

    def find(self, number: int) -> Payload | None:
        """A job: queue, payload, state (waiting, running, done, failed), result and worker."""
        found = postgres.rows(self.url, "SELECT * FROM jobs WHERE id = %s", number)
        return found[0] if found else None

    def update(self, number: int, state: str, result: object = None) -> Payload:
        """Say how far a job is; the job."""
        (row,) = postgres.rows(
            self.url,
            "UPDATE jobs SET state = %s, result = %s, worker = %s WHERE id = %s RETURNING *",
            state,
            Jsonb(result),
            os.uname().nodename,
            number,
        )
        return row


def stores() -> Stores:
    """PostgreSQL and Redis. Measured: without one of them the process ends with code 1."""
    url = environment.need_postgres(environment.need("DATABASE_URL"))
    return Stores(url, environment.need_redis(environment.need("REDIS_URL")))


def work(queue: str, do: Callable[[Payload], Any], opened: Stores | None = None) -> None:
    """Run a worker: each job's payload is given to `do`, and what it returns is the result."""
    places = opened or stores()

    def one(text: str) -> None:
        job = places.update(int(text), "running")
        try:
            places.update(job["id"], "done", do(job["payload"]))
        except Exception as error:
            places.update(job["id"], "failed", str(error))
            raise
        _log.info("%s job %s is done", queue, text)

    Worker(Queue(places.client, f"apphub:{queue}"), one).run()
