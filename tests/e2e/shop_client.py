# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the shop as a customer would, from outside, and stops at the first wrong answer.

The standard library alone, so that it runs wherever there is a Python. As a module it is the
client that other tests use. What the shop must answer is told in examples/shop/README.md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

TIMEOUT_S = 15
# What a proxy answers while a route or its first pod is not there yet.
NOT_THERE_YET = (404, 502, 503, 504)


class WrongAnswerError(Exception):
    """The shop answered something else than it should, or nothing."""


@dataclass(frozen=True)
class Answer:
    """Status, decoded JSON (text if it is none) and headers of one response."""

    status: int
    body: Any
    headers: dict[str, str]

    def expect(self, status: int) -> Any:
        """The body, if the status is the expected one; otherwise raises WrongAnswerError."""
        if self.status != status:
            raise WrongAnswerError(f"expected {status}, got {self.status}: {self.body}")
        return self.body


class ShopClient:
    """One customer of the shop at `url`. Methods return the decoded body, or raise."""

    def __init__(self, url: str) -> None:
        """Connect to 127.0.0.1 for *.localhost, which not every resolver knows (RFC 6761)."""
        parts = urlsplit(url.rstrip("/"))
        self.host = parts.netloc
        if (parts.hostname or "").endswith(".localhost"):
            address = f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1"
            parts = parts._replace(netloc=address)
        self.url = urlunsplit(parts)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = None,
        request_id: str | None = None,
    ) -> Answer:
        """Send one request; any status is an answer. Raises WrongAnswerError when there is none."""
        headers = {"Host": self.host, "Content-Type": "application/json"}
        if request_id is not None:
            headers["X-Request-ID"] = request_id
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT_S) as response:
                return _answer(response.status, response.read(), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(), error.headers)
        except (OSError, http.client.HTTPException) as error:
            raise WrongAnswerError(f"no answer from {self.url}: {error}") from error

    def register(self, username: str, password: str) -> dict[str, Any]:
        """Create a user."""
        body = {"username": username, "password": password}
        return self.request("POST", "/users/register", body).expect(201)

    def login(self, username: str, password: str) -> str:
        """The token."""
        body = {"username": username, "password": password}
        return self.request("POST", "/users/login", body).expect(200)["token"]

    def products(self) -> list[dict[str, Any]]:
        """The newest products."""
        return self.request("GET", "/products").expect(200)

    def create_product(self, token: str, name: str, price_cents: int) -> dict[str, Any]:
        """Add a product, with an administrator's token."""
        body = {"name": name, "price_cents": price_cents}
        return self.request("POST", "/products", body, token).expect(201)

    def order(self, token: str, product_id: int, quantity: int = 1) -> dict[str, Any]:
        """Order a product."""
        body = {"product_id": product_id, "quantity": quantity}
        return self.request("POST", "/orders", body, token).expect(201)

    def orders(self, token: str) -> list[dict[str, Any]]:
        """The token's user's orders."""
        return self.request("GET", "/orders", token=token).expect(200)


def _answer(status: int, content: bytes, headers: Any) -> Answer:
    try:
        body = json.loads(content)
    except ValueError:
        body = content.decode(errors="replace")[:200]
    return Answer(status, body, {name.lower(): value for name, value in headers.items()})


def wait_until_open(shop: ShopClient, timeout_s: float) -> str:
    """Ask for the products until they come; says how often it asked."""
    deadline, attempts = time.monotonic() + timeout_s, 0
    while True:
        attempts += 1
        try:
            answer = shop.request("GET", "/products")
            problem = f"{answer.status}: {answer.body}"
            if answer.status not in NOT_THERE_YET:
                answer.expect(200)
                return f"attempt {attempts}"
        except WrongAnswerError as error:
            if not isinstance(error.__cause__, (OSError, http.client.HTTPException)):
                raise
            problem = str(error)
        if time.monotonic() > deadline:
            raise WrongAnswerError(f"not open after {timeout_s:g} s; last answer: {problem}")
        time.sleep(0.5)


class Walk:
    """The steps, each a method that returns what its line says; state goes from one to the next."""

    def __init__(self, shop: ShopClient, timeout_s: float, admin: tuple[str, str] | None) -> None:
        """`admin` is a name and a password; without it the walk orders what is on offer."""
        self.shop = shop
        self.timeout_s = timeout_s
        self.admin = admin
        self.username = f"e2e-{uuid.uuid4().hex[:12]}"
        self.password = uuid.uuid4().hex
        self.token = ""
        self.product: dict[str, Any] = {}

    def the_shop_is_open(self) -> str:
        """The only step that is repeated: right after a roll-out a first request may fail."""
        return wait_until_open(self.shop, self.timeout_s)

    def a_request_keeps_its_id(self) -> str:
        """The answer carries the id that was sent."""
        sent = f"e2e-{uuid.uuid4().hex[:12]}"
        answer = self.shop.request("GET", "/products", request_id=sent)
        got = answer.headers.get("x-request-id")
        if got != sent:
            raise WrongAnswerError(f"the answer's X-Request-ID is {got}, {sent} was sent")
        return sent

    def register(self) -> str:
        """A new user."""
        return f"user {self.shop.register(self.username, self.password)['id']}"

    def a_taken_name_is_refused(self) -> str:
        """409."""
        body = {"username": self.username.upper(), "password": self.password}
        self.shop.request("POST", "/users/register", body).expect(409)
        return "409"

    def a_wrong_password_is_refused(self) -> str:
        """401."""
        body = {"username": self.username, "password": "not the password"}
        self.shop.request("POST", "/users/login", body).expect(401)
        return "401"

    def login(self) -> str:
        """A token that says who we are."""
        self.token = self.shop.login(self.username, self.password)
        me = self.shop.request("GET", "/users/me", token=self.token).expect(200)
        if me["username"] != self.username or me["is_admin"]:
            raise WrongAnswerError(f"/users/me says {me}")
        return me["username"]

    def only_an_administrator_adds_products(self) -> str:
        """401 without, with a wrong and with a customer's token."""
        body = {"name": "Contraband", "price_cents": 1}
        for token in (None, "wrong", self.token):
            self.shop.request("POST", "/products", body, token).expect(401)
        return "401 three times"

    def products(self) -> str:
        """A product to order: a new one if we are an administrator, else the newest."""
        if self.admin:
            token = self.shop.login(*self.admin)
            self.product = self.shop.create_product(token, f"Kettle {self.username}", 4900)
        offered = self.shop.products()
        if not offered:
            raise WrongAnswerError("there are no products, and no administrator to add one")
        self.product = self.product or offered[0]
        if self.product not in offered:
            raise WrongAnswerError(f"the new product {self.product} is not on offer")
        return f"{len(offered)} on offer, product {self.product['id']} is chosen"

    def order(self) -> str:
        """Two of them, at twice the price."""
        order = self.shop.order(self.token, self.product["id"], 2)
        if order["total_cents"] != 2 * self.product["price_cents"]:
            raise WrongAnswerError(f"wrong total in {order}")
        return f"order {order['id']}, {order['total_cents']} cents"

    def an_unknown_product_is_refused(self) -> str:
        """400."""
        body = {"product_id": 2_000_000_000, "quantity": 1}
        self.shop.request("POST", "/orders", body, self.token).expect(400)
        return "400"

    def orders_need_a_token(self) -> str:
        """401 without and with a wrong token, to look and to order."""
        body = {"product_id": self.product["id"], "quantity": 1}
        for token in (None, "wrong", self.token[:-4] + "AAAA"):
            self.shop.request("GET", "/orders", token=token).expect(401)
            self.shop.request("POST", "/orders", body, token).expect(401)
        return "401 six times"

    def list_orders(self) -> str:
        """Our one order and nobody else's."""
        orders = self.shop.orders(self.token)
        if [order["product_id"] for order in orders] != [self.product["id"]]:
            raise WrongAnswerError(f"expected the one order, got {orders}")
        return "1 order"

    def run(self) -> None:
        """Every step in order, one line each; raises WrongAnswerError naming the step."""
        for step in (
            self.the_shop_is_open,
            self.a_request_keeps_its_id,
            self.register,
            self.a_taken_name_is_refused,
            self.a_wrong_password_is_refused,
            self.login,
            self.only_an_administrator_adds_products,
            self.products,
            self.order,
            self.an_unknown_product_is_refused,
            self.orders_need_a_token,
            self.list_orders,
        ):
            name = step.__name__.replace("_", " ")
            try:
                print(f"ok    {name}: {step()}", flush=True)
            except WrongAnswerError as error:
                raise WrongAnswerError(f"{name}: {error}") from error


def parse() -> argparse.Namespace:
    """The command line; the administrator's password is never on it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="such as http://shop.localhost:8080")
    parser.add_argument("--admin-username", default="admin")
    parser.add_argument(
        "--admin-password-env", metavar="NAME", help="variable with the administrator's password"
    )
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="for the shop to open"
    )
    return parser.parse_args()


def main() -> int:
    """Walk; the exit code."""
    options = parse()
    admin = None
    if options.admin_password_env:
        password = os.environ.get(options.admin_password_env)
        if not password:
            print(f"the variable {options.admin_password_env} is empty", file=sys.stderr)
            return 2
        admin = (options.admin_username, password)
    try:
        Walk(ShopClient(options.url), options.timeout, admin).run()
    except WrongAnswerError as error:
        print(f"WRONG {error}", file=sys.stderr)
        return 1
    print(f"The shop at {options.url} works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
