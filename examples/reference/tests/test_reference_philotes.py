# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Philotes' parts do what was measured of the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from reference_processes import S3, Part
from shop_processes import Postgres, wait_for

SQL = Path(__file__).parents[3] / "stacks" / "philotes" / "migrations"
API_PORT, WORKER_PORT = "PHILOTES_API_LISTEN_ADDR", "PHILOTES_HEALTH_LISTEN_ADDR"
SOURCE = {"host": "HOST", "port": "PORT", "dbname": "DATABASE", "user": "USER"}
Start = Callable[..., Part]


@pytest.fixture(scope="module")
def source() -> Iterator[Postgres]:
    """A server with wal_level=logical."""
    with Postgres() as server:
        with psycopg.connect(server.url("postgres"), autocommit=True) as db:
            db.execute("ALTER SYSTEM SET wal_level = logical")
        with server.stopped():
            pass
        yield server


@pytest.fixture
def environ(database: str) -> dict[str, str]:
    at = conninfo_to_dict(database)
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER"}
    variables = {f"PHILOTES_DB_{name}": str(at[key]) for key, name in names.items()}
    return variables | {"PHILOTES_DB_PASSWORD": str(at["password"])}


def migrate(database: str) -> None:
    """What the stack's migration does."""
    with psycopg.connect(database, autocommit=True) as db:
        for path in sorted(SQL.glob("*.sql")):
            db.execute(path.read_text())


def worker_environ(environ: dict[str, str], url: str) -> dict[str, str]:
    """The worker's variables for a source."""
    at = conninfo_to_dict(url)
    told = {f"PHILOTES_CDC_SOURCE_{name}": str(at[key]) for key, name in SOURCE.items()}
    return environ | told | {"PHILOTES_CDC_SOURCE_PASSWORD": str(at["password"])}


def prepare(url: str, slot: str) -> None:
    """What the stack's Job does, with the decoder that PostgreSQL itself brings."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", (slot,))
        db.execute("CREATE TABLE orders (id int)")


def test_ready_is_green_without_the_schema(
    start: Start, environ: dict[str, str], database: str
) -> None:
    """F2, and the requests fail until it is there."""
    api = start("", port=API_PORT, **environ).listening("/health/live").listening("/health/ready")
    assert api.get("/api/v1/sources")[0] == 500
    migrate(database)
    assert api.read("/api/v1/sources") == {"sources": []}
    given = {"name": "a", "host": "h", "port": 1, "database_name": "d", "username": "u"}
    assert api.send("/api/v1/sources", given) == (200, {"name": "a", "host": "h"})
    assert (api.send("/api/v1/sources", {})[0], api.get("/metrics")[0]) == (400, 200)
    api.terminate()
    assert api.exit_code(3) == 0


def test_without_a_database_it_ends_with_code_1(start: Start, environ: dict[str, str]) -> None:
    gone = environ | {"PHILOTES_DB_PORT": "9"}
    for part in (start("", port=API_PORT, **gone), start("", PHILOTES_CDC_SOURCE_HOST="h", **gone)):
        assert (part.exit_code(), "PostgreSQL does not answer" in part.output()) == (1, True)


def test_changes_reach_the_bucket(
    start: Start, environ: dict[str, str], database: str, source: Postgres, s3: S3
) -> None:
    """And a second worker for the same slot ends; the next one after the first goes on (F5)."""
    migrate(database)
    url = source.new_database()
    prepare(url, "one")
    told = worker_environ(environ, url) | {
        "PHILOTES_CDC_REPLICATION_SLOT": "one",
        "PHILOTES_STORAGE_ENDPOINT": s3.url.removeprefix("http://"),
        "PHILOTES_STORAGE_BUCKET": s3.bucket,
        "PHILOTES_STORAGE_ACCESS_KEY": s3.access_key,
        "PHILOTES_STORAGE_SECRET_KEY": s3.secret_key,
    }
    worker = start("", port=WORKER_PORT, **told).listening("/health/ready")
    wait_for(lambda: "streaming" in worker.output())
    second = start("", port=WORKER_PORT, **told)
    assert second.exit_code(20) == 1
    assert 'replication slot "one" is active for PID' in second.output()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("INSERT INTO orders VALUES (42)")
    written = s3.folder / "buckets" / s3.bucket / "changes"
    wait_for(lambda: any("42" in path.read_text() for path in written.glob("*.json")), 20)
    with psycopg.connect(database) as db:
        wait_for(lambda: db.execute("SELECT lsn FROM philotes.checkpoints").fetchall(), 10)
    worker.terminate()
    assert worker.exit_code(5) == 0
    third = start("", port=WORKER_PORT, **told).listening("/health/ready")
    wait_for(lambda: "streaming" in third.output(), 20)


def test_without_a_slot_it_ends_with_code_1(
    start: Start, environ: dict[str, str], source: Postgres
) -> None:
    part = start("", port=WORKER_PORT, **worker_environ(environ, source.new_database()))
    assert part.exit_code(20) == 1
    assert 'replication slot "philotes_cdc" does not exist' in part.output()


def test_a_wrong_port_is_not_noticed(start: Start, environ: dict[str, str]) -> None:
    """F9: ready and silent."""
    at = "postgresql://u:p@127.0.0.1:9/d"
    part = start("", port=WORKER_PORT, **worker_environ(environ, at)).listening("/health/ready")
    assert "streaming" not in part.output()
    assert part.get("/health/ready")[0] == 200


def test_lakekeeper_is_migrated_bootstrapped_and_given_a_warehouse(
    start: Start, database: str
) -> None:
    told = {
        "LAKEKEEPER__PG_DATABASE_URL_WRITE": database,
        "LAKEKEEPER__PG_ENCRYPTION_KEY": "key",
    }
    assert start("serve", **told | {"LAKEKEEPER__PG_ENCRYPTION_KEY": ""}).exit_code() == 1
    assert start("migrate", **told).exit_code() == 0
    server = start("serve", port="LAKEKEEPER__LISTEN_PORT", **told).listening("/health")
    warehouse = {"warehouse-name": "philotes", "storage-profile": {"bucket": "b"}}
    assert server.send("/management/v1/warehouse", warehouse)[0] == 403
    assert '"bootstrapped":false' in server.get("/management/v1/info")[1]
    terms = {"accept-terms-of-use": True}
    answers = [server.send("/management/v1/bootstrap", terms)[0] for _ in range(2)]
    assert answers == [200, 409]
    assert server.send("/management/v1/warehouse", warehouse)[0] == 200
    assert '"bootstrapped":true' in server.get("/management/v1/info")[1]
    assert '"name":"philotes"' in server.get("/management/v1/warehouse")[1]
