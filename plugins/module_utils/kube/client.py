# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way to the API server: JSON over a thread-safe pool of kept-alive connections.

Says what was asked and what to do when it fails; knows nothing of kinds (discovery.py) or of
what the objects mean. Make a client after the fork, never at import.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from ansible_collections.slipway.stack.plugins.module_utils.kube.credentials import (
    Session,
    open_session,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import (
    ACCEPT,
    Discovery,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.memory import Memory

try:
    import urllib3
    from urllib3.exceptions import (
        ConnectTimeoutError,
        HTTPError,
        MaxRetryError,
        NameResolutionError,
        NewConnectionError,
        ReadTimeoutError,
        SSLError,
    )
except ImportError:  # open_session says what is missing
    pass

CONNECT_TIMEOUT_S = 5.0


def connect(params: Mapping[str, Any]) -> Client:
    """Return a client for the connection options; sends nothing yet. Raises ConnectError.

    Besides the options of modules there may be ``run_folder``, see memory.py.
    """
    return Client(lambda: open_session(params), str(params.get("run_folder") or ""))


class Client:
    """Requests to one API server; safe to share between threads."""

    def __init__(self, open_session: Callable[[], Session], run_folder: str = "") -> None:
        """open_session: loads credentials anew; called again after a 401."""
        self._open = open_session
        self._session = open_session()
        self._memory = Memory(run_folder, self._session.host, self._session.origin)
        self._lock = threading.Lock()
        self._discovery: Discovery | None = None

    @property
    def namespace(self) -> str:
        """The context's namespace, ``default`` where it names none."""
        return self._session.namespace

    @property
    def origin(self) -> str:
        """Where address and credentials come from, for messages."""
        return self._session.origin

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout_s: float = 30.0,
    ) -> dict[str, Any]:
        """Send JSON, return JSON. Raises ApiError (status >= 400) and ConnectError."""
        headers = {"Accept": accept}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = content_type
        response = self._send(method, path, query, headers, timeout_s, data)
        answer: dict[str, Any] = json.loads(response.data) if response.data else {}
        return answer

    def text(
        self, path: str, *, query: Mapping[str, Any] | None = None, timeout_s: float = 30.0
    ) -> str:
        """GET a text such as a pod's log; undecodable bytes are replaced."""
        response = self._send("GET", path, query, {"Accept": "*/*"}, timeout_s)
        return str(response.data.decode("utf-8", "replace"))

    def stream(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[str]:
        """GET line by line as the lines come, until the server ends the answer. See `chunks`."""
        with contextlib.closing(self.chunks(path, query=query, timeout_s=timeout_s)) as chunks:
            yield from _lines(chunks)

    def chunks(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Generator[bytes, None, None]:
        """GET piece by piece as the bytes come, until the server ends the answer.

        timeout_s: longest silence, None for ever. Closing the generator closes the connection.
        Raises ApiError before the first piece, ConnectError whenever the connection breaks.
        """
        response = self._send("GET", path, query, {"Accept": "*/*"}, timeout_s, stream=True)
        try:
            yield from response.stream(None)
        except HTTPError as error:
            raise ConnectError(self._unreachable(error, f"GET {path}")) from error
        finally:
            response.close()

    def discovery(self, *, refresh: bool = False) -> Discovery:
        """Return the served kinds, asked for once. refresh: ask again (after a new CRD)."""
        with self._lock:
            known = self._discovery
        if known and not refresh:
            return known
        rows = None if refresh else self._memory.recall()
        found = Discovery.from_rows(rows, self._discovered) if rows else self._discovered()
        with self._lock:
            self._discovery = found
        return found

    def _discovered(self) -> Discovery:
        headers = {"Accept": ACCEPT}
        found = Discovery(
            json.loads(self._send("GET", path, None, headers, 30.0).data)
            for path in ("/api", "/apis")
        )
        self._memory.keep(found.rows())
        return found

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        headers: dict[str, str],
        timeout_s: float | None,
        data: bytes | None = None,
        *,
        stream: bool = False,
    ) -> Any:
        asked = f"{method} {path}"
        target = f"{path}?{urlencode(_plain(query))}" if query else path
        options = {
            "body": data,
            "timeout": urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
            "retries": _retries(method),
            "preload_content": not stream,
            "redirect": False,
        }
        used = self._session
        try:
            response = used.request(method, target, headers, options)
            if response.status == 401 and self._renewed(used):
                response = self._session.request(method, target, headers, options)
        except HTTPError as error:
            raise ConnectError(self._unreachable(error, asked)) from error
        if response.status >= 300:
            raise _api_error(response, f"{asked} ({self.origin})")
        return response

    def _renewed(self, used: Session) -> bool:
        """Load the credentials again; whether they are others than the refused ones."""
        with self._lock:
            if self._session is used:
                self._session = self._open()
            return self._session.headers != used.headers

    def _unreachable(self, error: Exception, asked: str) -> str:
        where = f"{self._session.host} ({self.origin})"
        return f"No answer from {where} to {asked}: {_cause(error)}"


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield lines as they are complete; a long one is put together once, not at every chunk."""
    parts: list[bytes] = []
    for chunk in chunks:
        first, *more = chunk.split(b"\n")
        parts.append(first)
        for part in more:
            yield b"".join(parts).decode("utf-8", "replace")
            parts = [part]
    if rest := b"".join(parts):
        yield rest.decode("utf-8", "replace")


def _retries(method: str) -> Any:
    """Retry what the server did not take up (429 and 503 with Retry-After) and lost reads.

    A write whose answer was lost is not repeated: the caller looks at the live object.
    """
    return urllib3.Retry(
        total=4,
        connect=1,
        read=2 if method == "GET" else 0,
        status=3,
        other=0,
        allowed_methods=None,
        backoff_factor=0.2,
        raise_on_status=False,
    )


def _plain(query: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: str(value).lower() if isinstance(value, bool) else value
        for key, value in query.items()
        if value is not None
    }


def _cause(error: Exception) -> str:
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(reason, NameResolutionError):
        return "the name cannot be resolved. Correct the address or the network"
    if isinstance(reason, NewConnectionError):
        cause = str(reason).rpartition(": ")[2]
        return f"{cause}. Is the cluster running, and is it this address?"
    if isinstance(reason, ConnectTimeoutError):
        return f"no connection within {CONNECT_TIMEOUT_S:.0f} s. Is the network or VPN up?"
    if isinstance(reason, ReadTimeoutError):
        return "it took the connection and did not answer in time"
    if isinstance(reason, SSLError):
        return f"TLS failed ({reason}). Is it this cluster, and ca_cert its authority?"
    return str(reason)


def _api_error(response: Any, asked: str) -> ApiError:
    """Read a Status object; proxies and webhooks may answer with something else."""
    text = response.data.decode("utf-8", "replace")
    try:
        status = json.loads(text)
    except ValueError:
        status = {}
    if not isinstance(status, dict):
        status = {}
    return ApiError(
        status=response.status,
        reason=status.get("reason") or str(response.reason or ""),
        message=status.get("message") or " ".join(text.split())[:300] or "no message",
        details=status.get("details") or {},
        asked=asked,
    )
