# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frontend: nginx with static files, here one page. It needs nothing, and answers on port 80.

Its health is /healthz; SIGTERM drains (read).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reference import web

PAGE = "<!doctype html><title>AppHub</title><h1>AppHub</h1>"


def page(_request: Request, _body: object) -> Response:
    """The same page for every path, as a single-page application has it."""
    return HTMLResponse(PAGE)


def serve() -> None:
    """Serve on port 80; PORT moves it, for previews."""
    app = web.application([], {"/healthz": web.healthy})
    app.router.routes.append(web.route("/{path:path}", page))
    web.serve(app, "0.0.0.0", web.port("PORT", 80))
