# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that a part cannot do without, and what can be checked of its stores at the start."""

from __future__ import annotations

import os

import psycopg
import redis

from reference import postgres


def need(name: str) -> str:
    """The variable's value; ends the process with code 1 if it is missing, as the real ones do."""
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"{name} is not set")
    return value


def flag(name: str) -> bool:
    """Whether a variable says yes."""
    return os.environ.get(name, "").lower() in ("1", "true")


def need_postgres(url: str) -> str:
    """The URL, if its server answers; otherwise the process ends with code 1."""
    try:
        postgres.rows(url, "SELECT 1")
    except psycopg.Error as error:
        raise SystemExit(f"PostgreSQL does not answer: {' '.join(str(error).split())}") from None
    return url


def need_redis(url: str) -> redis.Redis:
    """A client of a server that answers; otherwise the process ends with code 1."""
    client = redis.Redis.from_url(
        url, socket_connect_timeout=3, socket_timeout=5, decode_responses=True
    )
    try:
        client.ping()
    except redis.RedisError as error:
        raise SystemExit(f"Redis does not answer: {error}") from None
    return client
