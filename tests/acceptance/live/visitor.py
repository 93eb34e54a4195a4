# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody outside the cluster: asks a site through the ingress, once or every few milliseconds."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

INGRESS = ("127.0.0.1", 8080)
EVERY_S = 0.02
TOGETHER = 10  # visitors; each waits for its answer, which takes longer than EVERY_S
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    headers: Message
    text: str

    def json(self) -> Any:
        """Return the body, decoded."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Asks for one host. trusted: certificates to trust; with it the visitor speaks TLS."""

    host: str
    address: tuple[str, int] = INGRESS
    trusted: Path | None = None

    def get(self, path: str) -> Answer:
        """Ask for a path."""
        return self.ask("GET", path)

    def post(self, path: str, **body: Any) -> Answer:
        """Send JSON."""
        return self.ask("POST", path, json.dumps(body).encode())

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request on a connection of its own. Raises OSError and HTTPException."""
        connection = _Connection(self)
        try:
            connection.request(method, path, body or None, {"Host": self.host, **(headers or {})})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return Answer(response.status, response.headers, text)
        finally:
            connection.close()


@dataclass(slots=True)
class Visits:
    """What steady visits came to."""

    count: int = 0
    failures: list[str] = field(default_factory=list)


@contextmanager
def steadily(visitor: Visitor, path: str) -> Iterator[Visits]:
    """Ask for a path every EVERY_S; whatever is not 200 is a failure."""
    visits, stop = Visits(), threading.Event()
    threads = [
        threading.Thread(target=_visit, args=(visitor, path, visits, stop), daemon=True)
        for _ in range(TOGETHER)
    ]
    for number, thread in enumerate(threads):
        thread.start()
        time.sleep(EVERY_S if number < TOGETHER - 1 else 0)
    try:
        yield visits
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _visit(visitor: Visitor, path: str, visits: Visits, stop: threading.Event) -> None:
    while not stop.wait(EVERY_S * TOGETHER):
        began = time.monotonic()
        try:
            status = visitor.get(path).status
            problem = "" if status == 200 else str(status)
        except (OSError, HTTPException) as error:
            problem = repr(error)
        visits.count += 1
        if problem:
            visits.failures.append(f"{problem} after {time.monotonic() - began:.2f} s")


class _Connection(HTTPConnection):
    """Connects to the visitor's address; the name that TLS proves is the host's."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(*visitor.address, timeout=TIMEOUT_S)
        self._visitor = visitor

    def connect(self) -> None:
        super().connect()
        if self._visitor.trusted:
            context = ssl.create_default_context(cafile=str(self._visitor.trusted))
            self.sock = context.wrap_socket(self.sock, server_hostname=self._visitor.host)
