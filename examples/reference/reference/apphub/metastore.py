# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metastore: records by key, with events when one is stored."""

from __future__ import annotations

import os
import threading
import time

import redis
from psycopg.types.json import Jsonb
from starlette.exceptions import HTTPException
from starlette.requests import Request

from reference import environment, postgres, web

SCHEMA = "metastore"
EVENTS = "metastore:events"
STEPS = {
    "0001_records": "CREATE TABLE records (key text PRIMARY KEY, metadata jsonb NOT NULL)",
}


def migrate() -> None:
    """The one migration of AppHub that has a command of its own."""
    url = environment.need_postgres(environment.need("DATABASE_URL"))
    postgres.migrate(url, STEPS, schema=SCHEMA)


def serve() -> None:
    """Migrate, then listen. Measured: no handler for SIGTERM, alive 5 s later as process 1 (F4)."""
    migrate()
    url = environment.need("DATABASE_URL")
    subscription = Subscription(environment.need_redis(environment.need("REDIS_URL")))
    threading.Thread(target=subscription.listen, daemon=True).start()
    routes = Routes(url)
    app = web.application(
        [
            web.route("/records", routes.store, "POST"),
            web.route("/records/{key}", routes.find),
            web.metrics(),
        ],
        {
            "/healthz": web.healthy,
            # PostgreSQL and the subscription to Redis (read)
            "/readyz": lambda: postgres.not_ready(url) or subscription.not_ready(),
        },
    )
    host = os.environ.get("HOST", "0.0.0.0")
    web.serve(app, host, web.port("PORT", 4100), web.Sigterm.NO_HANDLER)


class Subscription:
    """A subscription that is renewed after each outage."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self.heard = time.monotonic()

    def listen(self) -> None:
        """Listen for ever."""
        while True:
            try:
                with self.client.pubsub() as channel:
                    channel.subscribe(EVENTS)
                    while True:
                        if channel.get_message(timeout=1) is None:
                            channel.ping()  # only after a silence: its answer ends the next wait
                        else:
                            self.heard = time.monotonic()
            except redis.RedisError:
                time.sleep(1)

    def not_ready(self) -> str:
        """Why no event can be heard; empty when they can."""
        silent_s = time.monotonic() - self.heard
        return f"Redis: no subscription for {silent_s:.0f} s" if silent_s > 5 else ""


class Routes:
    """What the metastore answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def store(self, _request: Request, body: dict[str, object]) -> object:
        """Store a record and tell about it.

        F10: the publisher ignores REDIS_URL, so with APPHUB_EVENTS_MODE=redis the row is stored,
        and the request never ends. Only inline events work.
        """
        if "key" not in body:
            raise HTTPException(400, "key is needed")
        (row,) = postgres.rows(
            self.url,
            "INSERT INTO records VALUES (%s, %s) ON CONFLICT (key)"
            " DO UPDATE SET metadata = excluded.metadata RETURNING *",
            body["key"],
            Jsonb(body.get("metadata", {})),
            schema=SCHEMA,
        )
        while os.environ.get("APPHUB_EVENTS_MODE") == "redis":
            time.sleep(1)
        return row

    def find(self, request: Request, _body: object) -> object:
        """One record."""
        key = request.path_params["key"]
        sql = "SELECT * FROM records WHERE key = %s"
        found = postgres.rows(self.url, sql, key, schema=SCHEMA)
        if not found:
            raise HTTPException(404, f"there is no record {key}")
        return found[0]
