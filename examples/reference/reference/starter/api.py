# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The starter's API; the billing worker is the same program with other variables."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

import redis
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request

from reference import environment, postgres, web
from reference.queues import Queue, Worker
from reference.starter import migrations, settings

ALLOWED_HOSTS = "localhost,127.0.0.1"
QUEUE = "starter:billing"


def serve() -> None:
    """Serve where the arguments say, as uvicorn does: SIGTERM drains within 3 s (measured)."""
    settings.check()
    url, client = (
        migrations.url(),
        redis.Redis.from_url(
            environment.need("REDIS_URL"), socket_timeout=5, decode_responses=True
        ),
    )
    queue = Queue(client, QUEUE)
    if retries_bills():
        worker = Worker(queue, lambda event: retry(url, event))
        threading.Thread(target=worker.turns, daemon=True).start()
    routes = Routes(url, queue)
    app = web.application(
        [
            web.route("/api/v1/auth/register", routes.register, "POST"),
            web.route("/api/v1/billing/events", routes.bill, "POST"),
            web.route("/api/v1/billing/events", routes.billed),
            web.metrics(),
        ],
        {
            "/health": web.healthy,
            # F2: `SELECT 1`, so it is green on a database that was never migrated; Redis is not
            # asked (measured)
            "/health/ready": lambda: postgres.not_ready(url),
            "/health/storage": web.healthy,
        },
    )
    # F3: in development too, and for probes as well: whoever asks by another name gets 400
    hosts = os.environ.get("ALLOWED_HOSTS", ALLOWED_HOSTS).split(",")
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    where = address(sys.argv)
    web.serve(app, where.host, where.port)


def address(arguments: list[str]) -> argparse.Namespace:
    """`--host` and `--port` of uvicorn's command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_known_args(arguments)[0]


def retries_bills() -> bool:
    """Whether this process retries billing events; every API does unless told not to (read)."""
    retries = os.environ.get("ENABLE_BILLING_RETRY_WORKER", "true") == "true"
    return retries and environment.flag("ENABLE_BILLING")


def retry(url: str, event: str) -> None:
    """Note who retried a billing event."""
    sql = "INSERT INTO billing_retries VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING event"
    postgres.rows(url, sql, event, os.uname().nodename)


class Routes:
    """What the API answers."""

    def __init__(self, url: str, queue: Queue) -> None:
        self.url = url
        self.queue = queue

    def register(self, _request: Request, body: dict[str, str]) -> object:
        """Create a user.

        F9 (measured): nothing creates the signing key. Without the file this answers 500 while
        the readiness probe is green.
        """
        if "email" not in body:
            raise HTTPException(400, "email is needed")
        keyset = Path(os.environ.get("AUTH_KEY_STORAGE_PATH", "/app/var/keys/keyset.json"))
        if not keyset.is_file() or not keyset.read_text():
            raise HTTPException(500, "there is no signing key")
        sql = "INSERT INTO users VALUES (%s) ON CONFLICT DO NOTHING RETURNING email"
        created = postgres.rows(self.url, sql, body["email"])
        if not created:
            raise HTTPException(409, "email is taken")
        return created[0]

    def bill(self, _request: Request, body: dict[str, str]) -> object:
        """Have a billing event retried by whoever does that."""
        self.queue.put(body["event"])
        return {"queued": body["event"]}

    def billed(self, _request: Request, _body: object) -> object:
        """All events that were retried, and where."""
        return {"events": postgres.rows(self.url, "SELECT * FROM billing_retries ORDER BY event")}
