# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mathison's parts do what was measured of the real ones."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable

import httpx
import psycopg
import pytest
from reference_processes import Part, Redis
from shop_processes import Postgres, wait_for

MIGRATE, SEED = "npx prisma migrate deploy", "npx prisma db seed"
READY = "/api/health?ready=true"
Start = Callable[..., Part]


@pytest.fixture
def environ(database: str, redis: Redis) -> dict[str, str]:
    return {"DATABASE_URL": database, "REDIS_URL": redis.url, "AUTH_SECRET": "secret"} | {
        "MATHISON_MODE": "self-hosted",
        "AUTH_URL": "https://mathison.example.com",
    }


@pytest.fixture
def migrated(start: Start, environ: dict[str, str], database: str) -> dict[str, str]:
    """Migrated, as if the server had pgvector."""
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE TABLE schema_migrations (name text PRIMARY KEY)")
        db.execute("INSERT INTO schema_migrations VALUES ('0001_vector')")
    assert start(MIGRATE, **environ).exit_code() == 0
    return environ


def worker(start: Start, environ: dict[str, str]) -> Part:
    return start("", port="WORKER_HEALTH_PORT", **environ).listening("/health")


def test_the_migration_needs_pgvector(start: Start, environ: dict[str, str]) -> None:
    """On a server that does not have it."""
    part = start(MIGRATE, **environ)
    assert (part.exit_code(), 'extension "vector"' in part.output()) == (1, True)


def test_seeding_twice_is_seeding_once(
    start: Start, migrated: dict[str, str], database: str
) -> None:
    counts = []
    for _ in range(2):
        assert start(SEED, **migrated).exit_code() == 0
        with psycopg.connect(database) as db:
            counts.append(db.execute("SELECT count(*) FROM recipes").fetchone())
    assert counts == [(3,), (3,)]


def test_ready_is_green_on_an_unmigrated_database(start: Start, environ: dict[str, str]) -> None:
    web = start("", **environ).listening(READY)
    assert web.send("/api/signup", {"email": "a@b.c", "workspace": "w"})[0] == 500
    web.terminate()
    assert web.exit_code(5) == 0


def test_without_its_secret_it_ends_with_code_1(start: Start, environ: dict[str, str]) -> None:
    part = start("", **environ | {"AUTH_SECRET": ""})
    assert (part.exit_code(), "AUTH_SECRET is not set" in part.output()) == (1, True)


@pytest.mark.parametrize("outage", ["PostgreSQL", "Redis"])
def test_an_outage_is_seen_by_readiness_alone(
    start: Start, environ: dict[str, str], outage: str
) -> None:
    """F7: but the worker's only path asks Redis, and nothing else."""
    with Postgres() as postgres, Redis() as redis:
        told = environ | {"DATABASE_URL": postgres.new_database(), "REDIS_URL": redis.url}
        web, other = start("", **told).listening(READY), worker(start, told)
        server = postgres if outage == "PostgreSQL" else redis
        server.stop()
        wait_for(lambda: web.get(READY)[0] == 503, 15)
        assert web.get("/api/health")[0] == 200
        assert other.get("/health")[0] == (200 if outage == "PostgreSQL" else 503)
        postgres.start() if outage == "PostgreSQL" else redis.__enter__()
        wait_for(lambda: web.get(READY)[0] == other.get("/health")[0] == 200, 15)


def test_a_log_in_yields_a_session(start: Start, migrated: dict[str, str]) -> None:
    """And the redirect goes to AUTH_URL. Signing up answers 201 though there is no cluster (F9)."""
    web = start("", **migrated).listening(READY)
    assert web.send("/api/signup", {"email": "a@b.c", "workspace": "w"})[0] == 201
    assert "no namespace for w" in web.output()
    with httpx.Client(base_url=web.url) as browser:
        form = {"csrfToken": browser.get("/api/auth/csrf").json()["csrfToken"], "email": "x"}
        refused = browser.post("/api/auth/callback/credentials", data=form)
        answer = browser.post("/api/auth/callback/credentials", data=form | {"email": "a@b.c"})
    assert "CredentialsSignin" in refused.headers["location"]
    assert answer.headers["location"] == migrated["AUTH_URL"]
    assert "authjs.session-token" in answer.cookies
    with httpx.Client(base_url=web.url) as stranger:
        answer = stranger.post("/api/auth/callback/credentials", data=form | {"email": "a@b.c"})
    assert "authjs.session-token" not in answer.cookies


def test_without_auth_url_no_host_is_trusted(start: Start, environ: dict[str, str]) -> None:
    web = start("", **environ | {"AUTH_URL": ""}).listening("/api/health")
    assert web.get("/api/auth/csrf") == (500, '{"error":"UntrustedHost"}')


def test_the_chat_streams(start: Start, environ: dict[str, str]) -> None:
    web = start("", **environ).listening("/api/health")
    arrived = []
    with urllib.request.urlopen(f"{web.url}/api/chat?chunks=3", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                arrived.append(time.monotonic())
    assert len(arrived) == 3
    assert arrived[-1] - arrived[0] > 1.5


def test_an_upload_of_40_mib_is_taken(start: Start, environ: dict[str, str]) -> None:
    web = start("", **environ).listening("/api/health")
    answer = httpx.post(f"{web.url}/api/upload", content=bytes(40 * 2**20), timeout=60)
    assert answer.json() == {"bytes": 40 * 2**20}


def test_the_worker_finishes_the_job_in_its_hands(start: Start, migrated: dict[str, str]) -> None:
    web, other = start("", **migrated).listening(READY), worker(start, migrated)
    web.send("/api/apps", {"name": "one", "seconds": 3})
    wait_for(lambda: web.read("/api/apps/one")["state"] == "deploying", 10)
    other.terminate()
    wait_for(lambda: other.get("/health")[0] == 0, 5, "the health server is closed")
    assert other.exit_code(15) == 0
    assert web.read("/api/apps/one")["state"] == "running"


def test_an_app_that_the_cluster_refuses_is_failed(start: Start, migrated: dict[str, str]) -> None:
    web, other = start("", **migrated).listening(READY), worker(start, migrated)
    web.send("/api/apps", {"name": "two", "workspace": "w", "image": "i"})
    wait_for(lambda: web.read("/api/apps/two")["state"] == "failed", 10)
    assert other.get("/health")[0] == 200
