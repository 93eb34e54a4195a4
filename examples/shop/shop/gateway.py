# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway: one address for the three services, chosen by the first part of the path."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shop import body, downstream, web
from shop.config import Config

# Of one connection only, or set anew for the next; RFC 9110, section 7.6.1.
NOT_PASSED_ON = {
    "connection", "content-encoding", "content-length", "date", "host", "keep-alive",
    "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    "x-request-id",
}  # fmt: skip


async def forward(request: Request) -> Response:
    """Send the request to its service, path unchanged, and pass the answer back."""
    if ".." in request.url.path.split("/"):  # the client would resolve it, and leave the prefix
        raise HTTPException(404)
    state = request.app.state
    target = state.targets[request.url.path.split("/")[1]]
    url = httpx.URL(target).copy_with(raw_path=raw_path(request))
    answer = await state.http.request(
        request.method,
        url,
        headers=passed_on(request.headers.items()),
        content=await body.read_bytes(request),
    )
    response = Response(answer.content, answer.status_code)
    for name, value in passed_on(answer.headers.multi_items()):
        response.headers.append(name, value)
    return response


def raw_path(request: Request) -> bytes:
    """Path and query as the caller sent them, still encoded."""
    query = request.scope["query_string"]
    return bytes(request.scope["raw_path"] + (b"?" + query if query else b""))


def passed_on(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that belong to the message and not to one connection."""
    return [(name, value) for name, value in headers if name.lower() not in NOT_PASSED_ON]


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the client. Ready at once: one service's failure must not take down the others."""
    config: Config = app.state.config
    app.state.targets = {
        "users": config.user_service_url,
        "products": config.product_service_url,
        "orders": config.order_service_url,
    }

    async def not_ready() -> str:
        return ""

    app.state.not_ready = not_ready
    async with downstream.client() as app.state.http:
        yield


def create_app(config: Config) -> ASGIApp:
    """The gateway."""
    return web.create_app(config, ROUTES, lifespan)


ROUTES = [
    Route(path, forward, methods=list(web.METHODS))
    for prefix in ("users", "products", "orders")
    for path in (f"/{prefix}", f"/{prefix}/{{rest:path}}")
]
