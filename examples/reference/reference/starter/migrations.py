# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration: what `alembic upgrade heads` does, in an image that has alembic (F6)."""

from __future__ import annotations

from reference import environment, postgres

DRIVER = "postgresql+asyncpg://"
STEPS = {
    # Needs the extension citext, and fails where the database has none (read).
    "0001_users": "CREATE TABLE users (email citext PRIMARY KEY)",
    "0002_billing": "CREATE TABLE billing_retries (event text PRIMARY KEY, pod text NOT NULL)",
}


def url() -> str:
    """DATABASE_URL for psycopg. The application's engine takes asyncpg's form alone (read)."""
    given = environment.need("DATABASE_URL")
    if not given.startswith(DRIVER):
        raise SystemExit(f"DATABASE_URL must begin with {DRIVER}")
    return given.replace("+asyncpg", "", 1)


def upgrade() -> None:
    """Apply what is missing; code 1 if that fails."""
    postgres.migrate(environment.need_postgres(url()), STEPS)
