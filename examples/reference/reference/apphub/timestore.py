# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timestore: measurements in partitions on S3, listed in PostgreSQL, built by three workers.

ingest stores a batch in its cache and asks for a partition; partition uploads it; lifecycle
forgets those that are older than asked for.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from starlette.requests import Request

from reference import environment, postgres, queues, s3, web

STEPS = {
    "0001_partitions": (
        "CREATE TABLE partitions (dataset text, key text PRIMARY KEY, rows int NOT NULL,"
        " at timestamptz NOT NULL DEFAULT now())"
    ),
    "0002_dataset": "CREATE INDEX partitions_dataset ON partitions (dataset)",
}

_log = logging.getLogger("reference.apphub.timestore")


@dataclass(frozen=True, slots=True)
class Stores:
    """What every part of the timestore needs."""

    url: str
    client: redis.Redis

    def queue(self, name: str) -> queues.Queue:
        """One of ingest, partition, lifecycle."""
        return queues.Queue(self.client, f"timestore:{name}")

    def rows(self, sql: str, *values: object) -> list[dict[str, object]]:
        """Run a statement in the timestore's schema."""
        schema = os.environ.get("TIMESTORE_PG_SCHEMA", "public")
        return postgres.rows(self.url, sql, *values, schema=schema)


def _open() -> Stores:
    """Every part migrates (read); measured: started together, one dies of the others (F1)."""
    url = environment.need_postgres(environment.need("TIMESTORE_DATABASE_URL"))
    client = environment.need_redis(environment.need("REDIS_URL"))
    postgres.migrate(url, STEPS, schema=os.environ.get("TIMESTORE_PG_SCHEMA", "public"))
    return Stores(url, client)


def _bucket() -> s3.Bucket:
    names = ("ENDPOINT", "BUCKET", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
    return s3.Bucket(*(environment.need(f"TIMESTORE_S3_{name}") for name in names))


def serve() -> None:
    """Migrate, then listen; health paths without z (measured), and 127.0.0.1:4200 unless told."""
    stores = _open()
    health = {
        "/health": web.healthy,
        # PostgreSQL and the queue of the lifecycle (read)
        "/ready": lambda: postgres.not_ready(stores.url) or queues.not_ready(stores.client),
    }

    def add(request: Request, body: list[object]) -> object:
        text = json.dumps({"dataset": request.path_params["dataset"], "rows": body})
        stores.queue("ingest").put(text)
        return {"queued": len(body)}

    def partitions(request: Request, _body: object) -> object:
        sql = "SELECT dataset, key, rows FROM partitions WHERE dataset = %s ORDER BY at"
        return {"partitions": stores.rows(sql, request.path_params["dataset"])}

    def expire(request: Request, body: dict[str, int]) -> object:
        text = json.dumps({"dataset": request.path_params["dataset"], "age_s": body["age_s"]})
        stores.queue("lifecycle").put(text)
        return {"queued": 1}

    routes = [
        web.route("/datasets/{dataset}/ingest", add, "POST"),
        web.route("/datasets/{dataset}/partitions", partitions),
        web.route("/datasets/{dataset}/expire", expire, "POST"),
        web.metrics(),
    ]
    port = web.port("TIMESTORE_PORT", web.port("PORT", 4200))
    web.serve(web.application(routes, health), os.environ.get("HOST", "127.0.0.1"), port)


def _work(name: str, one: Callable[[Stores, str], None]) -> None:
    stores = _open()
    queues.Worker(stores.queue(name), lambda text: one(stores, text)).run()


def ingest() -> None:
    """Keep each batch in the cache, a folder of the pod, and have its partition built."""

    def one(stores: Stores, text: str) -> None:
        cache = Path(environment.need("TIMESTORE_STORAGE_ROOT")) / "last.json"
        cache.write_text(text)
        stores.queue("partition").put(text)

    _work("ingest", one)


def partition() -> None:
    """Upload each batch as a partition, then list it."""

    def one(stores: Stores, text: str) -> None:
        batch = json.loads(text)
        dataset, rows = batch["dataset"], batch["rows"]
        (row,) = stores.rows("SELECT gen_random_uuid()::text AS id")
        key = f"{dataset}/{row['id']}.json"
        _bucket().put(key, json.dumps(rows).encode())
        sql = "INSERT INTO partitions VALUES (%s, %s, %s) RETURNING key"
        stores.rows(sql, dataset, key, len(rows))
        _log.info("built %s", key)

    _work("partition", one)


def lifecycle() -> None:
    """Forget what is older than asked for."""

    def one(stores: Stores, text: str) -> None:
        order = json.loads(text)
        sql = (
            "DELETE FROM partitions WHERE dataset = %s"
            " AND at < now() - make_interval(secs => %s) RETURNING key"
        )
        gone = stores.rows(sql, order["dataset"], order["age_s"])
        _log.info("expired %s partitions of %s", len(gone), order["dataset"])

    _work("lifecycle", one)
