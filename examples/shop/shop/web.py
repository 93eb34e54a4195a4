# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the four services have in common: request ids and logs, metrics, health, error answers."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shop import faults, log
from shop.config import Config

# Why the service cannot take requests yet; an empty text when it can.
NotReady = Callable[[], Awaitable[str]]
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REQUESTS = Counter("http_requests", "Requests answered.", ["service", "method", "route", "status"])
_log = logging.getLogger("shop.web")


def create_app(config: Config, routes: Sequence[Route], lifespan: Lifespan) -> ASGIApp:
    """Build a service: its routes, health and metrics, wrapped in faults and request logs.

    `lifespan` opens what the routes use and sets `app.state.not_ready`.
    """
    common = [Route("/healthz", healthz), Route("/metrics", metrics)]
    app = Starlette(
        routes=[*routes, *common],
        lifespan=lifespan,
        exception_handlers={
            HTTPException: answer_refusal,  # type: ignore[dict-item]
            psycopg.OperationalError: answer_unavailable,
            httpx.TimeoutException: answer_late,
            httpx.TransportError: answer_unavailable,
            Exception: answer_failure,
        },
    )
    app.state.config = config
    paths = {route.endpoint: route.path for route in [*routes, *common]}
    return RequestLog(faults.FaultyRequests(app, config.faults), config.service, paths)


class RequestLog:
    """ASGI wrapper: gives each request an id, counts it and writes its one line.

    A probe that is answered by 200 is counted, but writes no line: two every few seconds would
    bury the rest.
    """

    def __init__(self, app: ASGIApp, service: str, paths: Mapping[Any, str]) -> None:
        """Wrap `app`; `paths` maps an endpoint to the path of its route."""
        self.app = app
        self.service = service
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its id in the context, in the answer and in the log."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        log.request_id.set(usable_id(Headers(scope=scope).get("x-request-id", "")))
        started, status = time.monotonic(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = log.request_id.get()
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:  # answered by `answer_failure`
            _log.exception("%s %s failed", scope["method"], scope["path"])
        self.record(scope, status, time.monotonic() - started)

    def record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count the request and log it."""
        route = self.paths.get(scope.get("endpoint"), "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        _REQUESTS.labels(self.service, method, route, status).inc()
        if scope["path"] in faults.PROBES and status == 200:
            return
        fields = {"method": method, "path": scope["path"][:200], "status": status}
        fields["ms"] = round(seconds * 1000, 1)
        level = logging.ERROR if status >= 500 else logging.INFO
        _log.log(level, "request", extra={"fields": fields})


def usable_id(offered: str) -> str:
    """The caller's request id if it is a plain word, else a new one."""
    return offered if _USABLE_ID.fullmatch(offered) else uuid.uuid4().hex


async def healthz(request: Request) -> Response:
    """200 while the process listens; with `?ready=1` also 503 and the reason if not ready."""
    if "ready" not in request.query_params:
        return JSONResponse({"status": "ok"})
    state = request.app.state
    fault = "fault: never ready" if state.config.faults.never_ready else ""
    reason = fault or await state.not_ready()
    if reason:
        _log.warning("not ready: %s", reason)
        return JSONResponse({"status": "not ready", "reason": reason}, status_code=503)
    return JSONResponse({"status": "ready"})


def metrics(_request: Request) -> Response:
    """The counters, in Prometheus' text format."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def error(status: int, message: str) -> JSONResponse:
    """Every refusal and failure has this shape."""
    return JSONResponse({"error": message}, status_code=status)


async def answer_refusal(_request: Request, refusal: HTTPException) -> Response:
    """What a route refused, or a path or method that does not exist."""
    answer = error(refusal.status_code, refusal.detail)
    answer.headers.update(refusal.headers or {})
    return answer


async def answer_unavailable(_request: Request, failure: Exception) -> Response:
    """The database or another service cannot be reached."""
    _log.error("unavailable: %s: %s", type(failure).__name__, failure)
    return error(503, "a part of the shop is not available, try again")


async def answer_late(_request: Request, failure: Exception) -> Response:
    """Another service did not answer in time."""
    _log.error("late: %s: %s", type(failure).__name__, failure)
    return error(504, "a part of the shop did not answer in time, try again")


async def answer_failure(_request: Request, _failure: Exception) -> Response:
    """A defect; `RequestLog` writes the traceback."""
    return error(500, "the shop failed; the request id leads to its log")
