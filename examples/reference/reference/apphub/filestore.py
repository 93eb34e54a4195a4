# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filestore: files in buckets, their names in PostgreSQL, and a worker that audits them."""

from __future__ import annotations

import json
import logging
import os

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reference import environment, postgres, queues, s3, web

QUEUE = "filestore:reconcile"
STEPS = {
    "0001_nodes": (
        "CREATE TABLE nodes (bucket text, path text, size bigint NOT NULL,"
        " consistency_state text NOT NULL, PRIMARY KEY (bucket, path))"
    ),
    "0002_consistency": (
        "ALTER TABLE nodes ADD CONSTRAINT chk_nodes_consistency_state"
        " CHECK (consistency_state IN ('active', 'missing'))"
    ),
}

_log = logging.getLogger("reference.apphub.filestore")


def _schema() -> str:
    return os.environ.get("FILESTORE_PG_SCHEMA", "public")


def _url() -> str:
    return environment.need_postgres(environment.need("FILESTORE_DATABASE_URL"))


def _bucket(name: str) -> s3.Bucket:
    """A mount: the server is the environment's."""
    names = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    endpoint = environment.need("AWS_ENDPOINT_URL_S3")
    return s3.Bucket(endpoint, name, *(environment.need(each) for each in names))


def serve() -> None:
    """Migrate, then listen.

    Measured: of two fresh replicas one dies, the constraint exists already (F1); it listens on
    127.0.0.1:4200 unless told; its handler for SIGTERM closes the port and never ends (F4).
    """
    url = _url()
    client = environment.need_redis(environment.need("FILESTORE_REDIS_URL"))
    postgres.migrate(url, STEPS, schema=_schema())
    routes = Routes(url, queues.Queue(client, QUEUE))

    def ready() -> str:
        return postgres.not_ready(url) or queues.not_ready(client)

    app = web.application(
        [
            web.route("/files/{bucket}/{path:path}", routes.upload, "PUT"),
            web.route("/files/{bucket}/{path:path}", routes.download),
            web.route("/reconciliation", routes.reconcile, "POST"),
            web.metrics(),
        ],
        {"/healthz": web.healthy, "/health": web.healthy, "/readyz": ready, "/ready": ready},
    )
    host = os.environ.get("HOST", "127.0.0.1")
    web.serve(app, host, web.port("FILESTORE_PORT", 4200), web.Sigterm.HANG)


class Routes:
    """What the filestore answers."""

    def __init__(self, url: str, queue: queues.Queue) -> None:
        self.url = url
        self.queue = queue

    def upload(self, request: Request, body: object) -> object:
        """Upload a JSON document and note it."""
        bucket, path = request.path_params["bucket"], request.path_params["path"]
        data = json.dumps(body).encode()
        _bucket(bucket).put(path, data)
        (row,) = postgres.rows(
            self.url,
            "INSERT INTO nodes VALUES (%s, %s, %s, 'active') ON CONFLICT (bucket, path)"
            " DO UPDATE SET size = excluded.size, consistency_state = 'active' RETURNING *",
            bucket,
            path,
            len(data),
            schema=_schema(),
        )
        return row

    def download(self, request: Request, _body: object) -> Response:
        """A file that was noted, from its bucket."""
        bucket, path = request.path_params["bucket"], request.path_params["path"]
        sql = "SELECT * FROM nodes WHERE bucket = %s AND path = %s"
        if not postgres.rows(self.url, sql, bucket, path, schema=_schema()):
            raise HTTPException(404, f"there is no file {path}")
        return Response(_bucket(bucket).get(path), media_type="application/json")

    def reconcile(self, _request: Request, body: dict[str, str]) -> object:
        """Have a bucket audited."""
        self.queue.put(body["bucket"])
        return {"queued": body["bucket"]}


def reconcile() -> None:
    """Audit each bucket that is asked for. It does not migrate, and ends well at SIGTERM (read)."""
    url = _url()
    client = environment.need_redis(environment.need("FILESTORE_REDIS_URL"))

    def one(bucket: str) -> None:
        sql = (
            "UPDATE nodes SET consistency_state ="
            " CASE WHEN path = ANY(%s) THEN 'active' ELSE 'missing' END"
            " WHERE bucket = %s RETURNING path"
        )
        keys = _bucket(bucket).keys()
        audited = postgres.rows(url, sql, keys, bucket, schema=_schema())
        _log.info("audited %s files of %s", len(audited), bucket)

    queues.Worker(queues.Queue(client, QUEUE), one).run()
