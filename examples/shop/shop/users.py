# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: register, log in, who am I; and the administrator that the environment names."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shop import auth, body, database, web
from shop.config import Config

CREDENTIALS = {"username": body.Text(3, 40), "password": body.Text(8, 128)}

_log = logging.getLogger("shop.users")


async def register(request: Request) -> Response:
    """Create a user; 409 when the name is taken, whatever its case."""
    wanted = await body.read_json(request, CREDENTIALS)
    try:
        user = await database.first(
            request.app.state.pool,
            "INSERT INTO users (username, password_hash) VALUES (%s, %s) RETURNING id, username",
            wanted["username"],
            await auth.hash_password(wanted["password"]),
        )
    except psycopg.errors.UniqueViolation:
        raise HTTPException(409, "username is taken") from None
    return JSONResponse(user, status_code=201)


async def login(request: Request) -> Response:
    """Answer a token; 401 without saying which of name and password was wrong."""
    given = await body.read_json(request, CREDENTIALS)
    found = await database.first(
        request.app.state.pool,
        "SELECT id, username, is_admin, password_hash FROM users WHERE lower(username) = lower(%s)",
        given["username"],
    )
    stored = found["password_hash"] if found else None
    if not await auth.password_matches(given["password"], stored) or not found:
        raise auth.unauthorized("username or password is wrong")
    user = auth.User(found["id"], found["username"], found["is_admin"])
    token = auth.issue_token(user, request.app.state.config.jwt_secret)
    return JSONResponse({"token": token, "expires_in": auth.TOKEN_LIFETIME_S})


async def me(request: Request) -> Response:
    """The token's user; 401 when the account is gone, as after the loss of the database."""
    user = await database.first(
        request.app.state.pool,
        "SELECT id, username, is_admin FROM users WHERE id = %s",
        auth.current_user(request).id,
    )
    if not user:
        raise auth.unauthorized("the account does not exist any more")
    return JSONResponse(user)


async def keep_admin(pool: AsyncConnectionPool, config: Config) -> None:
    """Create the administrator or take over a changed password; retry until the database lets it.

    At every start and not in a migration, so that a new ADMIN_PASSWORD needs no more than a
    restart.
    """
    hashed = await auth.hash_password(config.admin_password)
    while True:
        try:
            await database.rows(
                pool,
                "INSERT INTO users (username, password_hash, is_admin) VALUES (%s, %s, true)"
                " ON CONFLICT ((lower(username))) DO UPDATE SET is_admin = true,"
                " password_hash = excluded.password_hash RETURNING id",
                config.admin_username,
                hashed,
            )
            return
        except psycopg.Error as error:
            _log.warning("the administrator cannot be saved yet: %s", " ".join(str(error).split()))
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the database and save the administrator in the background."""
    async with database.lifespan(app):
        admin = asyncio.create_task(keep_admin(app.state.pool, app.state.config))
        database_not_ready = app.state.not_ready

        async def not_ready() -> str:
            reason = await database_not_ready()
            return reason or ("" if admin.done() else "the administrator is not saved yet")

        app.state.not_ready = not_ready
        yield
        admin.cancel()


def create_app(config: Config) -> ASGIApp:
    """The users service."""
    return web.create_app(config, ROUTES, lifespan)


ROUTES = [
    Route("/users/register", register, methods=["POST"]),
    Route("/users/login", login, methods=["POST"]),
    Route("/users/me", me),
]
