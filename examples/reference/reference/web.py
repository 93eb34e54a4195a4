# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all HTTP parts share: JSON in and out, health by path, and how each takes SIGTERM."""

from __future__ import annotations

import enum
import json
import logging
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

import httpx
import psycopg
import redis
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# Answers a request, off the event loop; the second argument is its JSON body, {} without one.
Answer = Callable[[Request, Any], Any]
# Why a part is not healthy; empty when it is.
Check = Callable[[], str]

_log = logging.getLogger("reference.web")


class Sigterm(enum.Enum):
    """What a part does at SIGTERM."""

    DRAIN = "stops listening, finishes what is in flight, ends with code 0"
    NO_HANDLER = "nothing of its own: as process 1 it lives on, as any other it dies at once"
    HANG = "stops listening and never ends"


class Server(uvicorn.Server):
    """uvicorn, but for its handling of signals."""

    sigterm = Sigterm.DRAIN

    def install_signal_handlers(self) -> None:
        """Leave SIGTERM to the kernel where the real part has no handler."""
        if self.sigterm is Sigterm.NO_HANDLER:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        else:
            super().install_signal_handlers()

    def handle_exit(self, sig: signal.Signals, frame: FrameType | None) -> None:
        """Begin to end, or only seem to."""
        _log.info("%s: closing", sig.name)
        if self.sigterm is Sigterm.HANG and sig == signal.SIGTERM:
            for server in self.servers:
                server.close()
        else:
            super().handle_exit(sig, frame)


def serve(app: Starlette, host: str, port: int, sigterm: Sigterm = Sigterm.DRAIN) -> None:
    """Serve until a signal ends it; the process ends with code 1 if the port is taken."""
    server = Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            timeout_keep_alive=75,  # longer than a proxy keeps an idle connection
        )
    )
    server.sigterm = sigterm
    server.run()
    if not server.started:
        raise SystemExit(1)


def application(routes: Sequence[Route], health: Mapping[str, Check]) -> Starlette:
    """An application with its routes and, by path, the checks of its health."""
    probes = [probe(path, check) for path, check in health.items()]
    return Starlette(
        routes=[*routes, *probes],
        exception_handlers={
            HTTPException: _refusal,  # type: ignore[dict-item]
            psycopg.Error: _failure,
            redis.RedisError: _failure,
            httpx.HTTPError: _failure,
        },
    )


def route(path: str, answer: Answer, method: str = "GET") -> Route:
    """A route whose answer is a Response or becomes JSON."""

    async def endpoint(request: Request) -> Response:
        given = await request.body()
        try:
            body = json.loads(given or b"{}")
        except ValueError:
            raise HTTPException(400, "the body is not JSON") from None
        result = await run_in_threadpool(answer, request, body)
        return result if isinstance(result, Response) else JSONResponse(result)

    return Route(path, endpoint, methods=[method])


def probe(path: str, check: Check) -> Route:
    """A path that answers 200, or 503 and the reason."""

    async def endpoint(_request: Request) -> Response:
        reason = await run_in_threadpool(check)
        if reason:
            _log.warning("%s: %s", path, reason)
        state = {"status": "unavailable", "reason": reason} if reason else {"status": "ok"}
        return JSONResponse(state, status_code=503 if reason else 200)

    return Route(path, endpoint)


def healthy() -> str:
    """A check that nothing can fail."""
    return ""


def metrics() -> Route:
    """`/metrics` in Prometheus' text format."""

    async def endpoint(_request: Request) -> Response:
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Route("/metrics", endpoint)


def port(name: str, default: int) -> int:
    """The port that a variable names."""
    return int(os.environ.get(name) or default)


async def _refusal(_request: Request, refusal: HTTPException) -> Response:
    return JSONResponse({"error": refusal.detail}, status_code=refusal.status_code)


async def _failure(request: Request, failure: Exception) -> Response:
    _log.error("%s: %s: %s", request.url.path, type(failure).__name__, failure)
    return JSONResponse({"error": type(failure).__name__}, status_code=500)
