# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Philotes' API: the sources that changes are read from."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from reference import environment, postgres, web
from reference.philotes import settings

FIELDS = ("name", "host", "port", "database_name", "username")


def serve() -> None:
    """Serve. Measured: without its database it ends with code 1; SIGTERM ends it within 1 s."""
    url = environment.need_postgres(settings.database())

    def sources(_request: Request, _body: object) -> object:
        return {"sources": postgres.rows(url, "SELECT name, host FROM philotes.sources")}

    def add(_request: Request, body: dict[str, object]) -> object:
        if not set(FIELDS) <= body.keys():
            raise HTTPException(400, f"needed are {', '.join(FIELDS)}")
        sql = (
            "INSERT INTO philotes.sources (name, host, port, database_name, username)"
            " VALUES (%s, %s, %s, %s, %s) RETURNING name, host"
        )
        return postgres.rows(url, sql, *(body[field] for field in FIELDS))[0]

    routes = [
        web.route("/api/v1/sources", sources),
        web.route("/api/v1/sources", add, "POST"),
        web.metrics(),  # measured: on the API's own port, nothing listens on 9090
    ]
    health = {
        "/health/live": web.healthy,
        # F2 (measured): a ping, green without the schema, while /api/v1/sources answers 500
        "/health/ready": lambda: postgres.not_ready(url),
    }
    web.serve(web.application(routes, health), "0.0.0.0", settings.port("API_LISTEN_ADDR", ":8080"))
