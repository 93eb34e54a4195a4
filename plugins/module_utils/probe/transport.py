# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends one HTTP request to an address that need not be the URL's own.

The standard library's client, so that the module needs nothing on a bastion. Host header and SNI
are the URL's, the TCP connection goes to `address`: how a cluster without DNS is asked. Does not
follow redirects, use proxies or retry.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from ansible_collections.slipway.stack.plugins.module_utils.probe.errors import ProbeError
from ansible_collections.slipway.stack.plugins.module_utils.probe.verdict import Answer

MAX_BODY = 1 << 20
_PORTS = {"http": 80, "https": 443}


class Request(NamedTuple):
    """One request. `address` (host, port) is where to connect, whatever the URL says."""

    url: str
    address: tuple[str, int]
    method: str = "GET"
    headers: Mapping[str, str] = MappingProxyType({})
    body: str = ""


class NoAnswer(Exception):
    """Nothing that could be judged came back; str() says why."""


def parse_url(url: str) -> SplitResult:
    """Return the parts of an absolute http(s) URL; ProbeError for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ProbeError(f'url: "{url}" is no URL: {error}.') from error
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise ProbeError(f'url: "{url}" is no http(s) URL. Write http://host[:port]/path.')
    return parts


def address_of(url: str, address: str | None) -> tuple[str, int]:
    """Return (host, port) to connect to: `address` ("host:port") or else the URL's own."""
    parts = parse_url(url)
    if not address:
        return str(parts.hostname), parts.port or _PORTS[parts.scheme]
    try:
        place = urlsplit(f"//{address}")
        host, port = place.hostname, place.port
    except ValueError:
        host, port = None, None
    if not host or not port or place.path:
        raise ProbeError(f'address: "{address}" is not host:port, such as 127.0.0.1:8080.')
    return host, port


def ask(
    request: Request,
    *,
    seconds: float,
    enough: Callable[[Answer], bool],
    now: Callable[[], float] = time.monotonic,
) -> Answer:
    """Send the request and read until the body ends, `enough` says so, or `seconds` are over.

    Raises NoAnswer when no status line and headers came in that time.
    """
    start = now()
    connection = _Connection(request, seconds)
    try:
        connection.request(
            request.method,
            _target(request.url),
            body=request.body.encode() or None,
            headers=dict(request.headers),
        )
        response = connection.getresponse()
        return _read(response, connection.wire, start, start + seconds, enough, now)
    except (OSError, HTTPException) as error:
        raise NoAnswer(_why(error, request.address, seconds)) from error
    except ValueError as error:  # not quoted: the header may be a token
        raise ProbeError("url or headers: a character that HTTP does not allow.") from error
    finally:
        connection.close()


class _Connection(HTTPConnection):
    """Connects to the request's address; Host header and SNI stay the URL's."""

    def __init__(self, request: Request, seconds: float) -> None:
        parts = parse_url(request.url)
        self.default_port = _PORTS[parts.scheme]
        super().__init__(str(parts.hostname), parts.port or self.default_port, timeout=seconds)
        self._address = request.address
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.wire: socket.socket

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, self.timeout)
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        self.wire = self.sock


def _read(
    response: HTTPResponse,
    wire: socket.socket,
    start: float,
    deadline: float,
    enough: Callable[[Answer], bool],
    now: Callable[[], float],
) -> Answer:
    body, arrivals = bytearray(), list[float]()

    def answer(complete: bool) -> Answer:
        return Answer(response.status, body.decode(errors="replace"), tuple(arrivals), complete)

    while (left := deadline - now()) > 0 and len(body) < MAX_BODY:
        wire.settimeout(left)
        try:
            piece = response.read1(65536)
        except TimeoutError:
            break
        if not piece:
            return answer(complete=True)
        body += piece
        arrivals.append(now() - start)
        if enough(answer(complete=False)):
            break
    return answer(complete=False)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _why(error: Exception, address: tuple[str, int], seconds: float) -> str:
    place = f"{address[0]}:{address[1]}"
    match error:
        case ConnectionRefusedError():
            return f"nothing listens at {place}"
        case socket.gaierror():
            return f'the name "{address[0]}" cannot be resolved; give `address` to connect to'
        case ssl.SSLCertVerificationError():
            return f"the certificate at {place} is not trusted: {error.verify_message}"
        case TimeoutError():
            return f"no answer from {place} within {seconds:.1f} s"
        case ConnectionError():
            return f"{place} closed the connection before the answer was complete"
        case _:
            return f"{place}: {error or type(error).__name__}"
