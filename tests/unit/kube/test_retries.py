# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent again and what is not, against a server on loopback that misbehaves."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3.util.retry
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)

BUSY = (429, "0")
BROKEN = (500, None)
FINE = (200, None)
HANG_UP = None


class Misbehaving(BaseHTTPRequestHandler):
    """Gives the server's next answer: (status, Retry-After), or None to hang up."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(self.command)
        answer = self.server.answers.pop(0)
        if answer is HANG_UP:
            self.close_connection = True
            return
        status, wait = answer
        self.send_response(status)
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PATCH = do_POST = do_GET

    def log_message(self, *_args):
        """Keep quiet."""


@pytest.fixture
def server():
    found = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    found.answers, found.seen = [], []
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def client(server, monkeypatch):
    """A client that does not wait before it asks again."""
    monkeypatch.setattr(urllib3.util.retry.time, "sleep", lambda _seconds: None)
    api = connect({"host": f"http://127.0.0.1:{server.server_port}"})
    yield api
    api._session.pool.clear()


PATIENT = {
    "busy": ("GET", [BUSY, BUSY, FINE]),
    "busy for a write: it was not taken up": ("PATCH", [BUSY, FINE]),
    "connection lost while reading": ("GET", [HANG_UP, FINE]),
}


@pytest.mark.parametrize(("method", "answers"), PATIENT.values(), ids=PATIENT)
def test_sent_again(client, server, method, answers):
    server.answers = list(answers)
    assert client.request(method, "/x") == {}
    assert server.seen == [method] * len(answers)


REFUSED = {
    "busy for ever": ("GET", [BUSY] * 4, ApiError, 4),
    "server's own mistake": ("GET", [BROKEN, FINE], ApiError, 1),
    "answer to a write lost: it may have been done": ("POST", [HANG_UP, FINE], ConnectError, 1),
    "answer to an apply lost": ("PATCH", [HANG_UP, FINE], ConnectError, 1),
}


@pytest.mark.parametrize(("method", "answers", "error", "sent"), REFUSED.values(), ids=REFUSED)
def test_given_up(client, server, method, answers, error, sent):
    server.answers = list(answers)
    with pytest.raises(error):
        client.request(method, "/x")
    assert len(server.seen) == sent
