# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP calls to the other services, which carry on the request's id."""

from __future__ import annotations

import httpx

from shop import log

TIMEOUT_S = 10


def client() -> httpx.AsyncClient:
    """A client to be entered with `async with`; retries connecting, never a request."""
    return httpx.AsyncClient(
        timeout=TIMEOUT_S,
        trust_env=False,
        transport=httpx.AsyncHTTPTransport(retries=2),
        event_hooks={"request": [_carry_request_id]},
    )


async def _carry_request_id(request: httpx.Request) -> None:
    request.headers["X-Request-ID"] = log.request_id.get()
