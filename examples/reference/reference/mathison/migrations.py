# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`prisma migrate deploy` and `prisma db seed`, in an image of their own."""

from __future__ import annotations

from reference import environment, postgres

STEPS = {
    "0001_vector": "CREATE EXTENSION IF NOT EXISTS vector",  # read: the first migration
    "0002_users": "CREATE TABLE users (email text PRIMARY KEY, workspace text NOT NULL)",
    "0003_apps": (
        "CREATE TABLE apps (name text PRIMARY KEY, state text NOT NULL, pod text NOT NULL)"
    ),
    "0004_recipes": "CREATE TABLE recipes (name text PRIMARY KEY)",
}
RECIPES = ("postgresql", "redis", "wordpress")


def _url() -> str:
    return environment.need_postgres(environment.need("DATABASE_URL"))


def deploy() -> None:
    """Apply what is missing; code 1 if that fails."""
    postgres.migrate(_url(), STEPS)


def seed() -> None:
    """Add what is missing: twice is the same as once."""
    with postgres.connect(_url()) as db:
        for name in RECIPES:
            db.execute("INSERT INTO recipes VALUES (%s) ON CONFLICT DO NOTHING", (name,))
