# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lakekeeper, as far as Philotes' stack needs it: migrate, serve, bootstrap, warehouses."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from reference import environment, postgres, web

STEPS = {
    "0001_server": "CREATE TABLE server (bootstrapped boolean NOT NULL)",
    "0002_warehouses": "CREATE TABLE warehouses (name text PRIMARY KEY, bucket text NOT NULL)",
}


def _url() -> str:
    environment.need("LAKEKEEPER__PG_ENCRYPTION_KEY")
    return environment.need_postgres(environment.need("LAKEKEEPER__PG_DATABASE_URL_WRITE"))


def migrate() -> None:
    """Apply what is missing; the server does not do it (read)."""
    postgres.migrate(_url(), STEPS)


def serve() -> None:
    """Serve on 8181; its one health path is /health (read)."""
    url = _url()
    routes = Routes(url)
    app = web.application(
        [
            web.route("/management/v1/info", routes.info),
            web.route("/management/v1/bootstrap", routes.bootstrap, "POST"),
            web.route("/management/v1/warehouse", routes.warehouses),
            web.route("/management/v1/warehouse", routes.create, "POST"),
        ],
        {"/health": lambda: postgres.not_ready(url)},
    )
    web.serve(app, "0.0.0.0", web.port("LAKEKEEPER__LISTEN_PORT", 8181))


class Routes:
    """The management API. Credentials of warehouses are not kept: nothing here reads tables."""

    def __init__(self, url: str) -> None:
        self.url = url

    def info(self, _request: Request, _body: object) -> object:
        """Whether somebody has accepted the terms."""
        return {"bootstrapped": bool(postgres.rows(self.url, "SELECT * FROM server"))}

    def bootstrap(self, _request: Request, body: dict[str, object]) -> object:
        """Accept the terms, once."""
        if body.get("accept-terms-of-use") is not True:
            raise HTTPException(400, "accept-terms-of-use must be true")
        if postgres.rows(self.url, "SELECT * FROM server"):
            raise HTTPException(409, "already bootstrapped")
        return postgres.rows(self.url, "INSERT INTO server VALUES (true) RETURNING *")[0]

    def warehouses(self, _request: Request, _body: object) -> object:
        """All warehouses."""
        return {"warehouses": postgres.rows(self.url, "SELECT * FROM warehouses")}

    def create(self, request: Request, body: dict[str, object]) -> object:
        """Add a warehouse, which needs a server that is bootstrapped."""
        profile = body.get("storage-profile")
        if "warehouse-name" not in body or not isinstance(profile, dict):
            raise HTTPException(400, "warehouse-name and storage-profile are needed")
        if not postgres.rows(self.url, "SELECT * FROM server"):
            raise HTTPException(403, "bootstrap the server first")
        sql = "INSERT INTO warehouses VALUES (%s, %s) RETURNING name"
        return postgres.rows(self.url, sql, body["warehouse-name"], profile["bucket"])[0]
