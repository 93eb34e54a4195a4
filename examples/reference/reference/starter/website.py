# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web application: one page, and everything below /api passed on to the API."""

from __future__ import annotations

import json
import os

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reference import environment, web

PAGE = "<!doctype html><title>Starter</title><h1>Starter</h1>"


def serve() -> None:
    """Listen on HOSTNAME, as Next does: the pod's name, unless somebody says 0.0.0.0 (read)."""
    base = environment.need("API_BASE_URL").rstrip("/")

    def upstream(path: str) -> str:
        """F7 (measured): 503 while the API is away, for liveness as well."""
        try:
            answer = httpx.get(base + path, timeout=3)
        except httpx.HTTPError as error:
            return f"the API does not answer: {error}"
        return "" if answer.status_code == 200 else f"the API answers {answer.status_code}"

    def forward(request: Request, body: object) -> Response:
        """The API sees the name of its Service as the host (F3)."""
        data = None if request.method == "GET" else json.dumps(body)
        answer = httpx.request(request.method, base + request.url.path, content=data, timeout=10)
        return Response(answer.content, answer.status_code, media_type="application/json")

    health = {
        "/api/health": lambda: upstream("/health"),
        "/api/health/ready": lambda: upstream("/health/ready"),
    }
    routes = [
        web.route("/", lambda _request, _body: HTMLResponse(PAGE)),
        web.route("/api/v1/{path:path}", forward),
        web.route("/api/v1/{path:path}", forward, "POST"),
    ]
    host = os.environ.get("HOSTNAME", "0.0.0.0")
    web.serve(web.application(routes, health), host, web.port("PORT", 3000))
