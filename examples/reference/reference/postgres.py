# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL without a pool: each statement has a connection of its own, so outages leave nothing.

Migrations are as careless as those that they copy: no lock unless one is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

# Between looking what is missing and doing it. The measured races need no help where migrations
# take seconds; ours take milliseconds, and would lose most of them.
PAUSE_S = 1.0


def connect(url: str, schema: str = "") -> psycopg.Connection[dict[str, Any]]:
    """A connection that commits each statement; raises psycopg.OperationalError within 3 s."""
    options = "-c statement_timeout=5s" + (f" -c search_path={schema}" if schema else "")
    return psycopg.connect(
        url, autocommit=True, connect_timeout=3, row_factory=dict_row, options=options
    )


def rows(url: str, sql: str, *values: object, schema: str = "") -> list[dict[str, Any]]:
    """Run one statement that returns rows. Raises psycopg.Error."""
    with connect(url, schema) as db:
        return db.execute(sql, values).fetchall()


def not_ready(url: str) -> str:
    """Why the database cannot be used; empty when it answers, migrated or not."""
    try:
        rows(url, "SELECT 1")
    except psycopg.Error as error:
        return f"PostgreSQL: {' '.join(str(error).split())}"
    return ""


def migrate(url: str, steps: Mapping[str, str], *, schema: str = "", lock: int = 0) -> None:
    """Apply the steps that the ledger lacks; ends the process with code 1 if one fails.

    Without `lock`, the number of an advisory lock, starts at the same time fail each other.
    """
    try:
        with connect(url, schema) as db:
            db.execute("SET statement_timeout = 0")
            if lock:
                db.execute("SELECT pg_advisory_lock(%s)", (lock,))
            _apply(db, steps)
    except psycopg.Error as error:
        raise SystemExit(f"migration failed: {' '.join(str(error).split())}") from None


def _apply(db: psycopg.Connection[dict[str, Any]], steps: Mapping[str, str]) -> None:
    db.execute("CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY)")
    applied = {row["name"] for row in db.execute("SELECT name FROM schema_migrations")}
    missing = [name for name in steps if name not in applied]
    if missing:
        time.sleep(PAUSE_S)
    for name in missing:
        with db.transaction():
            db.execute(steps[name])
            db.execute("INSERT INTO schema_migrations VALUES (%s)", (name,))
        print(f"applied {name}", flush=True)
