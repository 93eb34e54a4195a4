# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products: everybody may look, an administrator may add."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shop import auth, body, database, web
from shop.config import Config

PRODUCT: dict[str, body.Rule] = {"name": body.Text(1, 80), "price_cents": body.Whole(0, 10_000_000)}


async def products(request: Request) -> Response:
    """The newest hundred."""
    found = await database.rows(
        request.app.state.pool,
        "SELECT id, name, price_cents FROM products ORDER BY id DESC LIMIT 100",
    )
    return JSONResponse(found)


async def product(request: Request) -> Response:
    """One product, or 404."""
    found = await database.first(
        request.app.state.pool,
        "SELECT id, name, price_cents FROM products WHERE id = %s",
        request.path_params["id"],
    )
    if not found:
        raise HTTPException(404, f"there is no product {request.path_params['id']}")
    return JSONResponse(found)


async def create(request: Request) -> Response:
    """Add a product; the token is looked at before the body."""
    auth.require_admin(request)
    wanted = await body.read_json(request, PRODUCT)
    created = await database.first(
        request.app.state.pool,
        "INSERT INTO products (name, price_cents) VALUES (%s, %s) RETURNING id, name, price_cents",
        wanted["name"],
        wanted["price_cents"],
    )
    return JSONResponse(created, status_code=201)


def create_app(config: Config) -> ASGIApp:
    """The products service."""
    return web.create_app(config, ROUTES, database.lifespan)


ROUTES = [
    Route("/products", products),
    Route("/products", create, methods=["POST"]),
    Route("/products/{id:int}", product),
]
