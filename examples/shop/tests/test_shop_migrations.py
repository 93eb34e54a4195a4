# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations against a real PostgreSQL: once, in order, all or nothing, and told line by line."""

from __future__ import annotations

import signal

import psycopg
import pytest
from shop import config, migrate
from shop_processes import PG_PASSWORD, Postgres, Process, free_port, wait_for


def tables(url: str) -> set[str]:
    """The names of the tables in a database."""
    with psycopg.connect(url) as db:
        found = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found}


def ledger(url: str) -> list[str]:
    """What is recorded as applied, oldest first."""
    with psycopg.connect(url) as db:
        found = db.execute("SELECT name FROM shop_migrations ORDER BY applied_at, name")
        return [name for (name,) in found]


def test_each_statement_is_told_and_a_second_run_finds_nothing(
    database: str, start: type[Process]
) -> None:
    first = start("orders", "migrate", DATABASE_URL=database)
    assert first.exit_code() == 0
    assert first.output().splitlines() == [
        "orders: 0001_orders 1/2: CREATE TABLE orders ( id integer GENERATED ALWAYS AS ...",
        "orders: 0001_orders 2/2: CREATE INDEX orders_of_user ON orders (user_id, id)",
        "orders: 0002_totals 1/3: ALTER TABLE orders ADD COLUMN total_cents bigint NOT ...",
        "orders: 0002_totals 2/3: ALTER TABLE orders ALTER COLUMN total_cents DROP DEFAULT",
        "orders: 0002_totals 3/3: ALTER TABLE orders ADD CONSTRAINT orders_amounts CHECK ...",
        "orders: up to date, 2 of 2 applied now",
    ]
    second = start("orders", "migrate", DATABASE_URL=database)
    assert second.exit_code() == 0
    assert second.output() == "orders: up to date, 0 of 2 applied now\n"


def test_a_failed_statement_is_named_and_leaves_nothing(
    database: str, start: type[Process]
) -> None:
    failed = start("users", "migrate", DATABASE_URL=database, FAULT_MIGRATION_FAIL_AT="2")
    assert failed.exit_code() == 1
    assert failed.output().splitlines()[-1] == (
        "users: 0001_users failed at statement 2 of 3 (CREATE UNIQUE INDEX users_username ON "
        "users ...): division by zero. 0001_users was rolled back."
    )
    assert tables(database) == {"shop_migrations"}
    assert ledger(database) == []
    assert start("users", "migrate", DATABASE_URL=database).exit_code() == 0


def test_a_later_failure_keeps_what_was_committed(database: str, start: type[Process]) -> None:
    failed = start("users", "migrate", DATABASE_URL=database, FAULT_MIGRATION_FAIL_AT="4")
    assert failed.exit_code() == 1
    assert ledger(database) == ["0001_users"]


def test_a_migration_can_fail_on_an_up_to_date_database(
    database: str, start: type[Process]
) -> None:
    assert start("users", "migrate", DATABASE_URL=database).exit_code() == 0
    failed = start("users", "migrate", DATABASE_URL=database, FAULT_MIGRATION_FAIL_AT="5")
    assert failed.exit_code() == 1
    assert "fault_rehearsal failed at statement 5 of 5" in failed.output()
    assert ledger(database) == ["0001_users", "0002_administrators"]


def test_simultaneous_runs_take_turns(database: str, start: type[Process]) -> None:
    """Four starts on an empty database: CREATE TABLE IF NOT EXISTS alone loses this race."""
    with psycopg.connect(database) as first:
        first.execute("SELECT pg_advisory_lock(%s)", (migrate.LOCK,))
        runs = [start("products", "migrate", DATABASE_URL=database) for _ in range(4)]
        told = "another migration is running"
        wait_for(lambda: all(told in run.output() for run in runs), what="all four wait")
    assert [run.exit_code() for run in runs] == [0, 0, 0, 0], [run.output() for run in runs]
    applied = [run for run in runs if "2 of 2 applied now" in run.output()]
    assert len(applied) == 1
    with psycopg.connect(database) as db:
        assert db.execute("SELECT count(*) FROM products").fetchone() == (3,)


def test_simultaneous_servers_migrate_once(database: str, start: type[Process]) -> None:
    on_start = {"DATABASE_URL": database, "MIGRATE_ON_START": "true"}
    for server in [start("users", "serve", **on_start) for _ in range(4)]:
        server.wait_ready()
    with psycopg.connect(database) as db:
        assert db.execute("SELECT username, is_admin FROM users").fetchall() == [("admin", True)]


def test_a_server_that_cannot_migrate_does_not_serve(database: str, start: type[Process]) -> None:
    server = start(
        "users", "serve", DATABASE_URL=database, MIGRATE_ON_START="true",
        FAULT_MIGRATION_FAIL_AT="1",
    )  # fmt: skip
    assert server.exit_code() == 1
    assert "division by zero" in server.output()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_running_statement_and_rolls_back(
    database: str, start: type[Process], sent: signal.Signals
) -> None:
    """The statement waits in the database, for a lock; nothing of it may stay there."""
    with psycopg.connect(database) as blocker:
        blocker.execute("SELECT pg_advisory_lock(%s)", (migrate.LOCK,))
        waiting = start("users", "migrate", DATABASE_URL=database)
        wait_for(lambda: "another migration is running" in waiting.output())
        waiting.process.send_signal(sent)
        assert waiting.exit_code(20) == 143
        others = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_advisory_lock%'"
        others += " AND datname = current_database() AND pid <> pg_backend_pid()"
        wait_for(lambda: blocker.execute(others).fetchone() == (0,))
    assert waiting.output().splitlines()[-1] == "users: ended by a signal, rolled back"


def test_a_hanging_migration_holds_its_transaction(database: str, start: type[Process]) -> None:
    hanging = start("users", "migrate", DATABASE_URL=database, FAULT_MIGRATION_HANG="true")
    wait_for(lambda: "0001_users 1/3" in hanging.output())
    second = start("users", "migrate", DATABASE_URL=database)
    wait_for(lambda: "another migration is running" in second.output())
    hanging.kill()
    assert second.exit_code() == 0


def test_an_edited_migration_is_refused(database: str) -> None:
    settings = config.read("users", "migrate", {"DATABASE_URL": database})
    migrate.run(settings, report=lambda line: None)
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("UPDATE shop_migrations SET sha256 = 'other' WHERE name = '0001_users'")
    with pytest.raises(migrate.MigrationError, match="0001_users was changed after"):
        migrate.run(settings, report=lambda line: None)


def test_an_unreachable_database_is_told_without_the_password(start: type[Process]) -> None:
    port = free_port()
    url = f"postgresql://shop:{PG_PASSWORD}@127.0.0.1:{port}/users"
    lost = start("users", "migrate", DATABASE_URL=url)
    assert lost.exit_code() == 1
    assert f"users: cannot use the database users at 127.0.0.1:{port} as shop:" in lost.output()
    assert "Connection refused" in lost.output()
    assert PG_PASSWORD not in lost.output()


def test_a_wrong_password_is_told_without_it(postgres: Postgres, start: type[Process]) -> None:
    url = postgres.url("postgres").replace(PG_PASSWORD, "wrong-password")
    refused = start("users", "migrate", DATABASE_URL=url)
    assert refused.exit_code() == 1
    assert 'password authentication failed for user "shop"' in refused.output()
    assert "wrong-password" not in refused.output()


def test_a_missing_database_is_named(postgres: Postgres, start: type[Process]) -> None:
    lost = start("users", "migrate", DATABASE_URL=postgres.url("nowhere"))
    assert lost.exit_code() == 1
    assert 'database "nowhere" does not exist' in lost.output()
