# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: deploys apps, two at a time, and answers for its health."""

from __future__ import annotations

import json
import os
import threading
import time

from reference import environment, postgres, queues, web
from reference.mathison import cluster
from reference.mathison.website import QUEUE

CONCURRENCY = 2  # read


def serve() -> None:
    """Work; at SIGTERM the health server closes, then the jobs in hand are finished (read)."""
    url = environment.need("DATABASE_URL")
    environment.need("AUTH_SECRET")
    client = environment.need_redis(environment.need("REDIS_URL"))
    stopped = threading.Event()
    worker = queues.Worker(
        queues.Queue(client, QUEUE), lambda text: deploy(url, json.loads(text)), stopped
    )
    threads = [threading.Thread(target=worker.turns) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    # F7: Redis alone, for liveness too (read)
    app = web.application([], {"/health": lambda: queues.not_ready(client)})
    web.serve(app, "0.0.0.0", web.port("WORKER_HEALTH_PORT", 8080))
    stopped.set()
    for thread in threads:
        thread.join()


def deploy(url: str, app: dict[str, str]) -> None:
    """Deploy an app that names a workspace; `seconds` is how long it takes in any case."""
    _note(url, app["name"], "deploying")
    try:
        time.sleep(float(app.get("seconds", 0)))
        if "workspace" in app:
            cluster.deploy(app["workspace"], app["name"], app["image"])
    except Exception:
        _note(url, app["name"], "failed")
        raise
    _note(url, app["name"], "running")


def _note(url: str, name: str, state: str) -> None:
    sql = "UPDATE apps SET state = %s, pod = %s WHERE name = %s RETURNING name"
    postgres.rows(url, sql, state, os.uname().nodename, name)
