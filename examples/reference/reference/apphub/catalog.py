# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog's API: services that are registered, and jobs for its workers."""

from __future__ import annotations

import os

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference import environment, postgres, web
from reference.apphub import jobs

LOCK = 70_300  # any number; that there is one is the point
STEPS = {
    "0001_services": (
        "CREATE TABLE services (slug text PRIMARY KEY, base_url text NOT NULL, pod text NOT NULL)"
    ),
    "0002_jobs": (
        "CREATE TABLE jobs (id serial PRIMARY KEY, queue text NOT NULL, payload jsonb NOT NULL,"
        " state text NOT NULL DEFAULT 'waiting', result jsonb, worker text)"
    ),
    "0003_scheduler": (
        "CREATE TABLE scheduler (id int PRIMARY KEY, holder text NOT NULL, ticks int NOT NULL)"
    ),
}


def serve() -> None:
    """Migrate, then listen.

    Measured: it listens only after PostgreSQL and Redis have answered, otherwise it ends with
    code 1; /health, always 200, is its only health path (/healthz and /readyz are 404); it has no
    handler for SIGTERM (F4); its migration is the only one behind an advisory lock (F1).
    """
    stores = jobs.stores()
    postgres.migrate(stores.url, STEPS, lock=LOCK)
    app = web.application(Routes(stores).routes(), {"/health": web.healthy})
    host = os.environ.get("HOST", "0.0.0.0")
    web.serve(app, host, web.port("PORT", 4000), web.Sigterm.NO_HANDLER)


class Routes:
    """What the catalog answers."""

    def __init__(self, stores: jobs.Stores) -> None:
        self.stores = stores

    def routes(self) -> list[Route]:
        """All but health."""
        return [
            web.route("/services", self.services),
            web.route("/services", self.register, "POST"),
            web.route("/jobs/{queue}", self.add_job, "POST"),
            web.route("/jobs/{number:int}", self.job),
            web.route("/metastore/{path:path}", self.metastore),
        ]

    def services(self, _request: Request, _body: object) -> object:
        """All services, whichever pod they were registered at."""
        return {"data": postgres.rows(self.stores.url, "SELECT * FROM services ORDER BY slug")}

    def register(self, _request: Request, body: dict[str, str]) -> object:
        """Register a service, or change its address."""
        if not {"slug", "baseUrl"} <= body.keys():
            raise HTTPException(400, "slug and baseUrl are needed")
        (row,) = postgres.rows(
            self.stores.url,
            "INSERT INTO services VALUES (%s, %s, %s) ON CONFLICT (slug)"
            " DO UPDATE SET base_url = excluded.base_url, pod = excluded.pod RETURNING *",
            body["slug"],
            body["baseUrl"],
            os.uname().nodename,
        )
        return row

    def add_job(self, request: Request, body: jobs.Payload) -> object:
        """Give a job to a worker; its number."""
        queue = request.path_params["queue"]
        if queue not in jobs.QUEUES:
            raise HTTPException(404, f"there is no queue {queue}: {', '.join(jobs.QUEUES)}")
        return {"id": self.stores.add(queue, body)}

    def job(self, request: Request, _body: object) -> object:
        """How far a job is."""
        found = self.stores.find(request.path_params["number"])
        if not found:
            raise HTTPException(404, "there is no such job")
        return found

    def metastore(self, request: Request, _body: object) -> Response:
        """Measured: the catalog passes /metastore on to the metastore, without the prefix."""
        base = environment.need("APPHUB_METASTORE_BASE_URL").rstrip("/")
        answer = httpx.get(f"{base}/{request.path_params['path']}", timeout=5)
        return Response(answer.content, answer.status_code, media_type="application/json")
