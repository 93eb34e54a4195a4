# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mathison's web application: log-in, chat as server-sent events, uploads, apps for the worker."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import redis
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from reference import environment, kube, postgres, web
from reference.mathison import cluster
from reference.queues import Queue

QUEUE = "mathison:apps"
CHUNK_S = 1
SESSION, CSRF = "authjs.session-token", "authjs.csrf-token"

_log = logging.getLogger("reference.mathison.website")


def serve() -> None:
    """Serve; AUTH_SECRET is refused at the start if it is missing (read), stores are not asked."""
    secret = environment.need("AUTH_SECRET")
    site = Site(environment.need("DATABASE_URL"), environment.need("REDIS_URL"), secret)
    app = web.application(site.routes(), {})
    web.serve(app, "0.0.0.0", web.port("PORT", 3000))


class Site:
    """What the web application answers."""

    def __init__(self, url: str, redis_url: str, secret: str) -> None:
        self.url = url
        self.redis_url = redis_url
        self.secret = secret

    def routes(self) -> list[Route]:
        """All, health included: it depends on the query."""
        return [
            web.route("/api/health", self.health),
            web.route("/api/signup", self.sign_up, "POST"),
            web.route("/api/apps", self.add_app, "POST"),
            web.route("/api/apps/{name}", self.app),
            Route("/api/auth/csrf", self.csrf),
            Route("/api/auth/callback/credentials", self.log_in, methods=["POST"]),
            Route("/api/chat", chat),
            Route("/api/upload", upload, methods=["POST"]),
        ]

    def health(self, request: Request, _body: object) -> Response:
        """Measured: always 200; with `?ready=true` `SELECT 1` and a connection to Redis, or 503.

        F2: it is green on a database that was never migrated.
        """
        asked = request.query_params.get("ready") == "true"
        reason = (postgres.not_ready(self.url) or self._redis_not_ready()) if asked else ""
        return JSONResponse({"reason": reason}, status_code=503 if reason else 200)

    def _redis_not_ready(self) -> str:
        at = urlsplit(self.redis_url)
        try:
            socket.create_connection((at.hostname or "", at.port or 6379), 2).close()
        except OSError as error:
            return f"Redis: {error}"
        return ""

    def sign_up(self, _request: Request, body: dict[str, str]) -> Response:
        """Create a user and the workspace's namespace, from this process.

        F9: it answers 201 even when the cluster refuses, which is only logged.
        """
        if not {"email", "workspace"} <= body.keys():
            raise HTTPException(400, "email and workspace are needed")
        sql = "INSERT INTO users VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING email"
        if not postgres.rows(self.url, sql, body["email"], body["workspace"]):
            raise HTTPException(409, "email is taken")
        try:
            cluster.make_namespace(body["workspace"])
        except kube.KubeError as error:
            _log.error("no namespace for %s: %s", body["workspace"], error)
        return JSONResponse({"email": body["email"]}, status_code=201)

    def add_app(self, _request: Request, body: dict[str, object]) -> object:
        """Have the worker deploy an app: {"name", "workspace", "image"}."""
        sql = "INSERT INTO apps VALUES (%s, 'waiting', '') RETURNING name, state"
        (row,) = postgres.rows(self.url, sql, body["name"])
        client = redis.Redis.from_url(self.redis_url, socket_timeout=5, decode_responses=True)
        Queue(client, QUEUE).put(json.dumps(body))
        return row

    def app(self, request: Request, _body: object) -> object:
        """How far an app is."""
        sql = "SELECT * FROM apps WHERE name = %s"
        found = postgres.rows(self.url, sql, request.path_params["name"])
        if not found:
            raise HTTPException(404, "there is no such app")
        return found[0]

    def _origin(self) -> str:
        """Measured: without AUTH_URL every path below /api/auth answers 500."""
        origin = os.environ.get("AUTH_URL", "")
        if not origin:
            raise HTTPException(500, "UntrustedHost")
        return origin.rstrip("/")

    def _sign(self, text: str) -> str:
        return hmac.digest(self.secret.encode(), text.encode(), hashlib.sha256).hex()

    async def csrf(self, _request: Request) -> Response:
        """A token, and a cookie that proves it."""
        self._origin()
        token = secrets.token_hex(16)
        answer = JSONResponse({"csrfToken": token})
        answer.set_cookie(CSRF, f"{token}|{self._sign(token)}", httponly=True)
        return answer

    async def log_in(self, request: Request) -> Response:
        """Redirect to AUTH_URL (measured), with a session's cookie for a user who exists."""
        origin = self._origin()
        form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
        token = form.get("csrfToken", "")
        expected = f"{token}|{self._sign(token)}"
        if not hmac.compare_digest(request.cookies.get(CSRF, ""), expected):
            return RedirectResponse(f"{origin}/login?csrf=true", 302)
        email = form.get("email", "")
        sql = "SELECT email FROM users WHERE email = %s"
        if not await asyncio.to_thread(postgres.rows, self.url, sql, email):
            return RedirectResponse(f"{origin}/login?error=CredentialsSignin", 302)
        answer = RedirectResponse(origin, 302)
        answer.set_cookie(SESSION, f"{email}|{self._sign(email)}", httponly=True)
        return answer


async def chat(request: Request) -> Response:
    """As many events as `?chunks=` asks for, one each second."""
    wanted = int(request.query_params.get("chunks", "5"))

    async def events() -> AsyncIterator[str]:
        for number in range(wanted):
            yield f"data: {json.dumps({'chunk': number})}\n\n"
            await asyncio.sleep(CHUNK_S)

    return StreamingResponse(events(), media_type="text/event-stream")


async def upload(request: Request) -> Response:
    """Count what is uploaded; no limit of its own."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return JSONResponse({"bytes": size})
