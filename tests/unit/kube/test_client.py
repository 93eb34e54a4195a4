# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against a fake pool: what it sends, and what it says when it is refused."""

from __future__ import annotations

import json
import time

import pytest
import urllib3
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import (
    _lines as client_lines,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.credentials import Session
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
)
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)


class FakePool:
    """Answers with the next of `answers`: (status, body) or an exception."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def request(self, method, url, **options):
        self.sent.append((method, url, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return FakeResponse(status, data)


class FakeResponse:
    """The part of urllib3's response that the client uses; streams 7 bytes at a time."""

    def __init__(self, status, data):
        self.status, self.data, self.reason, self.closed = status, data, "", False

    def stream(self, _amount):
        for start in range(0, len(self.data), 7):
            yield self.data[start : start + 7]

    def close(self):
        self.closed = True


def session(pool, token="t1"):
    headers = {"Authorization": f"Bearer {token}"}
    return Session(pool, "https://api:6443", headers, "shop", "context kind of k.yml")


def client(*answers):
    pool = FakePool(*answers)
    return Client(lambda: session(pool)), pool


def refusal(status, reason, message, **details):
    return status, {"reason": reason, "message": message, "details": details}


def test_request_sends_json_and_returns_json():
    api, pool = client((200, {"kind": "Pod"}))
    answer = api.request(
        "PATCH", "/api/v1/x", query={"force": False, "a": None, "n": 2}, body={"b": 1}
    )
    assert answer == {"kind": "Pod"}
    method, url, options = pool.sent[0]
    assert (method, url) == ("PATCH", "https://api:6443/api/v1/x?force=false&n=2")
    assert options["body"] == b'{"b": 1}'
    assert options["headers"]["Authorization"] == "Bearer t1"
    assert options["headers"]["Content-Type"] == "application/json"


def test_empty_answer_is_an_empty_object():
    assert client((200, b""))[0].request("GET", "/x") == {}


def test_text_replaces_what_is_not_utf8():
    assert client((200, b"caf\xe9"))[0].text("/log") == "caf\ufffd"


def test_stream_yields_whole_lines_and_closes():
    api, _pool = client((200, "one\nzwölf\n\nlast".encode()))
    assert list(api.stream("/log")) == ["one", "zwölf", "", "last"]


def test_a_long_line_is_put_together_once():
    chunks = [b"x" * 1000] * 20_000 + [b"\nend"]
    began = time.process_time()
    assert [len(line) for line in client_lines(chunks)] == [20_000_000, 3]
    assert time.process_time() - began < 2, "minutes where each chunk copies the line so far"


def test_closed_generator_closes_the_connection():
    response = FakeResponse(200, b"a\nb\n")
    pool = FakePool()
    pool.request = lambda *_args, **_options: response
    lines = Client(lambda: session(pool)).stream("/log")
    next(lines)
    lines.close()
    assert response.closed


REFUSALS = {
    "not found": (
        refusal(404, "NotFound", 'pods "a" not found'),
        'pods "a" not found (404 NotFound; asked: GET /x (context kind of k.yml))',
    ),
    "forbidden names verb, resource, namespace and what to do": (
        refusal(403, "Forbidden", 'User "u" cannot list resource "pods" in the namespace "shop"'),
        'No permission: User "u" cannot list resource "pods" in the namespace "shop". '
        "Asked: GET /x (context kind of k.yml). "
        "Grant it by a Role or ClusterRole, or name another kubeconfig or context.",
    ),
    "forbidden by quota is no matter of permissions": (
        refusal(403, "Forbidden", "exceeded quota: q"),
        "exceeded quota: q (403 Forbidden; asked: GET /x (context kind of k.yml))",
    ),
    "a proxy's page": (
        (502, b"<h1>Bad\n  Gateway</h1>"),
        "<h1>Bad Gateway</h1> (502 ; asked: GET /x (context kind of k.yml))",
    ),
}


@pytest.mark.parametrize(("answer", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_says_what_was_asked(answer, sentence):
    with pytest.raises(ApiError) as caught:
        client(answer)[0].request("GET", "/x")
    assert str(caught.value) == sentence
    assert caught.value.status == answer[0]


def test_new_credentials_are_tried_once_after_401():
    pool = FakePool(refusal(401, "Unauthorized", "Unauthorized"), (200, {"ok": True}))
    tokens = iter(["old", "new"])
    api = Client(lambda: session(pool, next(tokens)))
    assert api.request("GET", "/x") == {"ok": True}
    assert [sent[2]["headers"]["Authorization"] for sent in pool.sent] == [
        "Bearer old",
        "Bearer new",
    ]


def test_same_credentials_are_not_tried_again():
    api, pool = client(refusal(401, "Unauthorized", "Unauthorized"))
    with pytest.raises(ApiError, match=r"refused the credentials.*expired"):
        api.request("GET", "/x")
    assert len(pool.sent) == 1


_POOL = urllib3.HTTPConnectionPool("api")
UNREACHABLE = {
    "refused": (
        MaxRetryError(_POOL, "/x", NewConnectionError(_POOL, "[Errno 111] Connection refused")),
        "Connection refused. Is the cluster running",
    ),
    "black hole": (
        MaxRetryError(_POOL, "/x", ConnectTimeoutError("timed out")),
        "no connection within 5 s",
    ),
    "silent": (ReadTimeoutError(_POOL, "/x", "read timed out"), "did not answer in time"),
}


@pytest.mark.parametrize(("error", "words"), UNREACHABLE.values(), ids=UNREACHABLE)
def test_unreachable_names_server_and_context(error, words):
    with pytest.raises(ConnectError) as caught:
        client(error)[0].request("GET", "/x")
    assert words in str(caught.value)
    assert "https://api:6443 (context kind of k.yml)" in str(caught.value)


GROUP = {
    "items": [
        {
            "metadata": {"name": "apps"},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        {
                            "resource": "deployments",
                            "responseKind": {"kind": "Deployment"},
                            "scope": "Namespaced",
                        }
                    ],
                }
            ],
        }
    ]
}


def test_discovery_is_asked_for_once():
    api, pool = client((200, {"items": []}), (200, GROUP))
    assert api.discovery() is api.discovery()
    assert api.discovery().path("apps/v1", "Deployment", "shop", "api") == (
        "/apis/apps/v1/namespaces/shop/deployments/api"
    )
    assert len(pool.sent) == 2


def test_discovery_refresh_asks_again():
    api, _pool = client((200, {}), (200, {}), (200, {}), (200, GROUP))
    assert not api.discovery().knows("apps/v1", "Deployment")
    assert api.discovery(refresh=True).knows("apps/v1", "Deployment")
