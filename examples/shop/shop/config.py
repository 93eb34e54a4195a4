# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment, read once into a frozen value; every problem is named, no secret is shown.

What each service needs is the table NEEDS. A migration needs its database and nothing else, so
that its Job can do without the other secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shop import faults
from shop.faults import Faults

PORTS = {"users": 3001, "products": 3002, "orders": 3003, "gateway": 8080}
NEEDS = {
    "users": ("DATABASE_URL", "JWT_SECRET", "ADMIN_USERNAME", "ADMIN_PASSWORD"),
    "products": ("DATABASE_URL", "JWT_SECRET"),
    "orders": ("DATABASE_URL", "JWT_SECRET", "USER_SERVICE_URL", "PRODUCT_SERVICE_URL"),
    "gateway": ("USER_SERVICE_URL", "PRODUCT_SERVICE_URL", "ORDER_SERVICE_URL"),
}


class ConfigError(Exception):
    """The environment cannot be used; one line per problem."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a process was told; a variable that the service does not need is empty."""

    service: str
    port: int
    migrate_on_start: bool
    faults: Faults
    database_url: str = field(default="", repr=False)
    jwt_secret: str = field(default="", repr=False)
    admin_username: str = ""
    admin_password: str = field(default="", repr=False)
    user_service_url: str = ""
    product_service_url: str = ""
    order_service_url: str = ""


def read(service: str, command: str, environ: Mapping[str, str]) -> Config:
    """Read what `service` needs for `command`.

    Raises ConfigError with all problems, each naming its variable.
    """
    needs = ("DATABASE_URL",) if command == "migrate" else NEEDS[service]
    readers = {"PORT": _port(PORTS[service]), "MIGRATE_ON_START": _flag} | {
        name: READERS[name] for name in needs
    }
    values: dict[str, object] = {}
    problems = faults.problems(environ)
    for name, reader in readers.items():
        try:
            values[name.lower()] = reader(environ.get(name, ""))
        except ValueError as error:
            problems.append(f"{name} {error}")
    if problems:
        raise ConfigError("\n".join(f"{service}: {problem}" for problem in problems))
    return Config(service=service, faults=faults.read(environ), **values)  # type: ignore[arg-type]


def _port(default: int) -> Callable[[str], int]:
    def read_port(text: str) -> int:
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise ValueError(f"is {text!r}: give a number from 1 to 65535.")
        return int(text)

    return read_port


def _flag(text: str) -> bool:
    if text not in ("", "true", "false"):
        raise ValueError(f"is {text!r}: give true or false.")
    return text == "true"


def _at_least(characters: int, advice: str) -> Callable[[str], str]:
    def read_text(text: str) -> str:
        if not text:
            raise ValueError(f"is missing. {advice}")
        if len(text) < characters:
            raise ValueError(f"has {len(text)} characters, fewer than {characters}. {advice}")
        return text

    return read_text


def _database_url(text: str) -> str:
    advice = "Give a URL such as postgresql://user:password@host:5432/name."
    if not text:
        raise ValueError(f"is missing. {advice}")
    try:
        usable = urlsplit(text).port != 0 and conninfo_to_dict(text).get("host")
    except (psycopg.Error, ValueError):  # the messages repeat the URL, and with it the password
        usable = False
    if not usable or "://" not in text:
        raise ValueError(f"is not a PostgreSQL URL with a host. {advice}")
    return text


def _service_url(text: str) -> str:
    advice = "Give the service's address, such as http://products:3002."
    if not text:
        raise ValueError(f"is missing. {advice}")
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError(f"is {text!r}, not an http URL. {advice}")
    return text.rstrip("/")


READERS: dict[str, Callable[[str], str]] = {
    "DATABASE_URL": _database_url,
    "JWT_SECRET": _at_least(16, "Give a random text, the same for users, products and orders."),
    "ADMIN_USERNAME": _at_least(3, "Give the name of the user who may create products."),
    "ADMIN_PASSWORD": _at_least(8, "Give that user's password."),
    "USER_SERVICE_URL": _service_url,
    "PRODUCT_SERVICE_URL": _service_url,
    "ORDER_SERVICE_URL": _service_url,
}
