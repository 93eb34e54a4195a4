# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders: a user's own; account and product are looked up with the services that own them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shop import auth, body, database, downstream, web
from shop.config import Config

ORDER = {"product_id": body.Whole(1, 2**31 - 1), "quantity": body.Whole(1, 1000)}
COLUMNS = "id, product_id, quantity, total_cents, created_at::text"


async def create(request: Request) -> Response:
    """Order a product at its price of now; 400 when there is no such product."""
    user = auth.current_user(request)
    wanted = await body.read_json(request, ORDER)
    await require_account(request)
    product = await find_product(request, wanted["product_id"])
    order = await database.first(
        request.app.state.pool,
        "INSERT INTO orders (user_id, product_id, quantity, total_cents)"
        f" VALUES (%s, %s, %s, %s) RETURNING {COLUMNS}",
        user.id,
        product["id"],
        wanted["quantity"],
        wanted["quantity"] * product["price_cents"],
    )
    return JSONResponse(order, status_code=201)


async def orders(request: Request) -> Response:
    """The caller's newest hundred."""
    found = await database.rows(
        request.app.state.pool,
        f"SELECT {COLUMNS} FROM orders WHERE user_id = %s ORDER BY id DESC LIMIT 100",
        auth.current_user(request).id,
    )
    return JSONResponse(found)


async def require_account(request: Request) -> None:
    """401 when the token outlived its account."""
    state = request.app.state
    answer = await state.http.get(
        f"{state.config.user_service_url}/users/me",
        headers={"Authorization": request.headers["authorization"]},
    )
    if answer.status_code == 401:
        raise auth.unauthorized("the account does not exist any more")
    require_ok(answer, "users")


async def find_product(request: Request, product_id: int) -> dict[str, Any]:
    """The product as its service knows it; 400 when it does not."""
    state = request.app.state
    answer = await state.http.get(f"{state.config.product_service_url}/products/{product_id}")
    if answer.status_code == 404:
        raise HTTPException(400, f"product_id: there is no product {product_id}")
    require_ok(answer, "products")
    return dict(answer.json())


def require_ok(answer: httpx.Response, service: str) -> None:
    """503 when another service failed."""
    if answer.status_code != 200:
        raise HTTPException(503, f"{service} answered {answer.status_code}, try again")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the pool and the client."""
    async with database.lifespan(app), downstream.client() as app.state.http:
        yield


def create_app(config: Config) -> ASGIApp:
    """The orders service."""
    return web.create_app(config, ROUTES, lifespan)


ROUTES = [
    Route("/orders", create, methods=["POST"]),
    Route("/orders", orders),
]
