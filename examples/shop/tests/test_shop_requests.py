# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers get, through the gateway of a shop that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from email.message import Message
from pathlib import Path

import psycopg
import pytest
from shop_processes import NOWHERE, PG_PASSWORD, SECRETS, Process, Shop, wait_for

CLIENT = Path(__file__).parents[3] / "tests" / "e2e" / "shop_client.py"
PASSWORD = "customer-password-never-shown"


def walk(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the end-to-end client against `url`."""
    return subprocess.run(
        [sys.executable, CLIENT, "--url", url, *options],
        env=os.environ | SECRETS,
        capture_output=True,
        text=True,
        timeout=60,
    )


def call(
    shop: Shop, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of one raw request to the gateway."""
    request = urllib.request.Request(shop.url + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, lowered(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, lowered(error.headers), error.read().decode()


def lowered(headers: Message) -> dict[str, str]:
    """Headers by their names in small letters."""
    return {name.lower(): value for name, value in headers.items()}


def login(shop: Shop, username: str, password: str) -> dict[str, str]:
    """The Authorization header of a user, registered if need be."""
    body = json.dumps({"username": username, "password": password}).encode()
    call(shop, "POST", "/users/register", body)
    _, _, text = call(shop, "POST", "/users/login", body)
    return {"Authorization": f"Bearer {json.loads(text)['token']}"}


@pytest.mark.parametrize("options", [(), ("--admin-password-env", "ADMIN_PASSWORD")])
def test_a_customer_walks_through_the_shop(shop: Shop, options: tuple[str, ...]) -> None:
    done = walk(shop.url, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\nok    ") == 11


def test_the_walk_notices_a_shop_that_fails(shop: Shop, start: type[Process]) -> None:
    """The control: the same walk, with a gateway whose orders go to nobody."""
    urls = shop.urls() | {"ORDER_SERVICE_URL": NOWHERE}
    gateway = start("gateway", "serve", **urls).wait_ready()
    done = walk(gateway.url)
    assert done.returncode == 1
    assert "WRONG order: expected 201, got 503" in done.stderr


def test_the_walk_gives_up_when_the_shop_does_not_open() -> None:
    done = walk(NOWHERE, "--timeout", "1")
    assert done.returncode == 1
    assert "not open after 1 s" in done.stderr


def test_the_walk_refuses_an_empty_admin_password() -> None:
    assert walk(NOWHERE, "--admin-password-env", "NO_SUCH_VARIABLE").returncode == 2


REFUSED = {
    "no such path": ("GET", "/nothing", None, 404, "Not Found"),
    "a prefix is a whole word": ("GET", "/usersandmore", None, 404, "Not Found"),
    "dots do not leave the prefix": ("GET", "/users/../metrics", None, 404, "Not Found"),
    "nor do encoded dots": ("GET", "/users/%2e%2e/metrics", None, 404, "Not Found"),
    "nor at the end": ("GET", "/users/..", None, 404, "Not Found"),
    "no such method": ("DELETE", "/products", None, 405, "Method Not Allowed"),
    "no such product": ("GET", "/products/999999", None, 404, "there is no product 999999"),
    "beyond integers": ("GET", f"/products/{10**30}", None, 404, "there is no product"),
    "not JSON": ("POST", "/users/register", b"{", 400, "not valid JSON"),
    "not UTF-8": ("POST", "/users/register", b"\xff", 400, "not valid JSON"),
    "nested too deep": ("POST", "/users/register", b"[" * 60_000, 400, "not valid JSON"),
    "short password": (
        "POST", "/users/register", b'{"username": "bob", "password": "short"}', 400,
        "password must be printable text of 8 to 128 characters",
    ),
    "too large": ("POST", "/users/register", b" " * 70_000, 413, "exceeds 65536 bytes"),
    "me without a token": ("GET", "/users/me", None, 401, "a token is missing"),
    "unknown user": (
        "POST", "/users/login", b'{"username": "nobody", "password": "12345678"}', 401,
        "username or password is wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"), REFUSED.values(), ids=REFUSED
)
def test_bad_requests_are_refused_with_the_reason(
    shop: Shop, method: str, path: str, body: bytes | None, status: int, message: str
) -> None:
    got, headers, text = call(shop, method, path, body)
    assert got == status
    assert message in json.loads(text)["error"]
    assert len(headers["x-request-id"]) == 32


ORDERS = {
    "unknown product": (b'{"product_id": 999999, "quantity": 1}', "there is no product 999999"),
    "none of it": (b'{"product_id": 1, "quantity": 0}', "quantity must be a whole number"),
    "misspelt": (b'{"product": 1, "quantity": 1}', "'product' is unknown; known: product_id"),
}


@pytest.mark.parametrize(("body", "message"), ORDERS.values(), ids=ORDERS)
def test_bad_orders_are_refused(shop: Shop, body: bytes, message: str) -> None:
    status, _, text = call(shop, "POST", "/orders", body, **login(shop, "bad-orders", PASSWORD))
    assert status == 400
    assert message in json.loads(text)["error"]


def test_json_with_spaces_passes_through_the_gateway(shop: Shop) -> None:
    """A gateway that re-encodes bodies and keeps the old length breaks these."""
    body = json.dumps({"username": "spaced-out", "password": PASSWORD}, indent=8).encode()
    assert call(shop, "POST", "/users/register", body)[0] == 201


def test_a_token_without_its_account_cannot_order(shop: Shop) -> None:
    token = login(shop, "soon-gone", PASSWORD)
    with psycopg.connect(shop.databases["users"], autocommit=True) as users:
        users.execute("DELETE FROM users WHERE username = 'soon-gone'")
    order = b'{"product_id": 1, "quantity": 1}'
    status, _, text = call(shop, "POST", "/orders", order, **token)
    assert (status, json.loads(text)["error"]) == (401, "the account does not exist any more")


def test_passwords_are_stored_as_scrypt(shop: Shop) -> None:
    login(shop, "stored", PASSWORD)
    with psycopg.connect(shop.databases["users"]) as users:
        stored = users.execute("SELECT password_hash FROM users").fetchall()
    assert all(value.startswith("scrypt$") for (value,) in stored)
    assert len(set(stored)) == len(stored)


def test_one_request_id_leads_through_all_services(shop: Shop) -> None:
    token = login(shop, "traced", PASSWORD)
    wanted = f"trace-{uuid.uuid4().hex}"
    order = b'{"product_id": 1, "quantity": 1}'
    status, headers, _ = call(shop, "POST", "/orders", order, **token, **{"X-Request-ID": wanted})
    assert (status, headers["x-request-id"]) == (201, wanted)
    for service, path in {
        "gateway": "/orders", "orders": "/orders", "users": "/users/me", "products": "/products/1",
    }.items():  # fmt: skip
        line = wait_for(lambda service=service: line_of(shop, service, wanted))
        assert line["path"] == path
        assert set(line) == {
            "time", "level", "service", "message", "request_id", "method", "path", "status", "ms",
        }  # fmt: skip


def line_of(shop: Shop, service: str, request_id: str) -> dict[str, object] | None:
    """The one log line of a request, or None if there is none yet."""
    records = shop.processes[service].records()
    lines = [record for record in records if record.get("request_id") == request_id]
    assert len(lines) <= 1, lines
    return lines[0] if lines else None


def test_logs_hold_no_secret(shop: Shop) -> None:
    token = login(shop, "secretive", PASSWORD)["Authorization"].removeprefix("Bearer ")
    call(shop, "GET", f"/users/me?token={token}", Authorization=f"Bearer {token}")
    call(shop, "POST", "/users/login", b'{"username": "%s"}' % PASSWORD.encode())
    logs = "".join(process.output() for process in shop.processes.values())
    assert "/users/me" in logs
    for secret in (PASSWORD, PG_PASSWORD, token, *SECRETS.values()):
        assert secret not in logs


def test_metrics_count_requests_by_route(shop: Shop) -> None:
    count = 'http_requests_total{method="GET",route="/products/{id:int}",service="products",'
    before = sample(shop, count + 'status="404"}')
    for number in (999_998, 999_999):
        call(shop, "GET", f"/products/{number}")
    assert sample(shop, count + 'status="404"}') == before + 2


def sample(shop: Shop, series: str) -> float:
    """One value of the product service's metrics; 0 if it is not there yet."""
    _, text = shop.processes["products"].get("/metrics")
    values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith(series)]
    return float(values[0]) if values else 0.0
