# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service's own PostgreSQL: the pool that requests use, and whether it is fit for them.

The process outlives its database: it starts without, says so on /healthz?ready=1, and recovers.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette

from shop import migrate
from shop.config import Config

TIMEOUT_S = 5
READY_TIMEOUT_S = 2


def pool(config: Config) -> AsyncConnectionPool:
    """A pool that connects in the background, to be entered with `async with`."""
    return AsyncConnectionPool(
        config.database_url,
        min_size=1,
        max_size=5,
        reconnect_timeout=0,
        open=False,
        kwargs={
            "autocommit": True,
            "connect_timeout": 3,
            "row_factory": dict_row,
            "options": f"-c statement_timeout={TIMEOUT_S}s",
        },
    )


async def rows(
    pool: AsyncConnectionPool, sql: str, *values: object, timeout_s: float = TIMEOUT_S
) -> list[dict[str, Any]]:
    """Run one statement that returns rows, in a transaction of its own.

    Raises psycopg.Error; OperationalError also for a database that does not answer in time.

    Only the statement may be cancelled. The wait for a connection has the pool's own timeout:
    Debian 12's psycopg_pool (3.1.5) still hands a connection to a waiter that was cancelled, and
    after an outage had none left: https://github.com/psycopg/psycopg/issues/509
    """
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        async with pool.connection(timeout_s) as connection, asyncio.timeout_at(deadline):
            return await (await connection.execute(sql, values)).fetchall()
    except TimeoutError:
        raise psycopg.OperationalError(f"no answer within {timeout_s} s") from None


async def first(pool: AsyncConnectionPool, sql: str, *values: object) -> dict[str, Any] | None:
    """The first row, or None."""
    return next(iter(await rows(pool, sql, *values)), None)


async def not_ready(pool: AsyncConnectionPool, service: str) -> str:
    """Why requests cannot be served yet; empty when they can."""
    query = f"SELECT name FROM {migrate.LEDGER}"
    try:
        applied = await rows(pool, query, timeout_s=READY_TIMEOUT_S)
    except psycopg.errors.UndefinedTable:
        return "the database was never migrated"
    except psycopg.Error:
        return "the database does not answer"
    missing = {step.name for step in migrate.load(service)} - {row["name"] for row in applied}
    return f"not migrated: {', '.join(sorted(missing))}" if missing else ""


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the pool for a service that needs nothing else."""
    config: Config = app.state.config
    async with pool(config) as app.state.pool:
        app.state.not_ready = functools.partial(not_ready, app.state.pool, config.service)
        yield
