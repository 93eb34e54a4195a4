# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations: numbered SQL files, each in one transaction with its entry in a ledger table.

Several processes may run this at once; an advisory lock lets one work and the others wait and then
find nothing to do. It waits for no database and never retries: who starts it decides about that.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shop import faults
from shop.config import Config

LEDGER = "shop_migrations"
LOCK = 7_466_751  # any number, the same for every version of the shop
SHOWN_CHARACTERS = 60

Report = Callable[[str], None]
Connection = psycopg.Connection[Any]


class MigrationError(Exception):
    """The database is not migrated; the message says why and what state it is in."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name without suffix, its statements, its checksum."""

    name: str
    statements: tuple[str, ...]
    sha256: str


def split(text: str) -> tuple[str, ...]:
    """The statements of an SQL file; one ends with a semicolon at the end of a line."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return tuple(part.strip() for part in re.split(r";[ \t]*$", code, flags=re.M) if part.strip())


def load(service: str) -> list[Migration]:
    """The service's migrations in the order of their numbers."""
    folder = resources.files("shop") / "migrations" / service
    return [
        Migration(
            name=entry.name.removesuffix(".sql"),
            statements=split(entry.read_text(encoding="utf-8")),
            sha256=hashlib.sha256(entry.read_bytes()).hexdigest(),
        )
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
    ]


def run(config: Config, report: Report) -> None:
    """Bring the database up to date; `report` gets one line per statement before it runs.

    Raises MigrationError; what was committed before stays, the failed migration leaves nothing.
    """
    with _connect(config) as db:
        try:
            _take_lock(db, report, config.service)
            done = _apply_pending(db, config, report)
        except psycopg.Error as error:
            raise MigrationError(f"{config.service}: {_one_line(error)}") from error
    report(f"{config.service}: up to date, {done} of {len(load(config.service))} applied now")


def _connect(config: Config) -> Connection:
    try:
        return psycopg.connect(config.database_url, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        at = conninfo_to_dict(config.database_url)
        raise MigrationError(
            f"{config.service}: cannot use the database {at.get('dbname')} at "
            f"{at['host']}:{at.get('port', 5432)} as {at.get('user')}: {_one_line(error)}"
        ) from None


def _take_lock(db: Connection, report: Report, service: str) -> None:
    if db.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() != (True,):
        report(f"{service}: another migration is running on this database, waiting for its end")
        db.execute("SELECT pg_advisory_lock(%s)", (LOCK,))


def _apply_pending(db: Connection, config: Config, report: Report) -> int:
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {LEDGER} (name text PRIMARY KEY, sha256 text NOT NULL, "
        "applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = dict(db.execute(f"SELECT name, sha256 FROM {LEDGER}").fetchall())
    pending = _pending(config.service, applied)
    numbers = itertools.count(1)
    for migration in pending:
        with db.transaction():
            _execute(db, config, migration, numbers, report)
            db.execute(
                f"INSERT INTO {LEDGER} (name, sha256) VALUES (%s, %s)",
                (migration.name, migration.sha256),
            )
    rehearsal = Migration("fault_rehearsal", tuple(faults.rehearsal(config.faults)), "")
    with db.transaction():
        _execute(db, config, rehearsal, numbers, report)
    return len(pending)


def _pending(service: str, applied: dict[str, str]) -> list[Migration]:
    known = load(service)
    for migration in known:
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise MigrationError(
                f"{service}: {migration.name} was changed after it had been applied to this "
                "database; restore the file and put the change into a new migration"
            )
    return [migration for migration in known if migration.name not in applied]


def _execute(
    db: Connection,
    config: Config,
    migration: Migration,
    numbers: Iterator[int],
    report: Report,
) -> None:
    total = len(migration.statements)
    for place, statement in enumerate(migration.statements, start=1):
        shown = textwrap.shorten(statement, SHOWN_CHARACTERS, placeholder=" ...")
        report(f"{config.service}: {migration.name} {place}/{total}: {shown}")
        try:
            db.execute(faults.statement(config.faults, next(numbers), statement))
        except psycopg.Error as error:
            raise MigrationError(
                f"{config.service}: {migration.name} failed at statement {place} of {total} "
                f"({shown}): {_one_line(error)}. {migration.name} was rolled back."
            ) from error


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
