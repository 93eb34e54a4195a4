# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The starter's parts do what was measured of the real ones."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from reference_processes import Part, Redis
from shop_processes import free_port, wait_for

ALEMBIC = "alembic -c /app/alembic.ini upgrade heads"
API = "uvicorn main:app --app-dir /app/src --host 127.0.0.1 --port"
WEB = "node apps/web-app/server.js"
Start = Callable[..., Part]


@pytest.fixture
def environ(database: str, redis: Redis, tmp_path: Path) -> dict[str, str]:
    """The variables that stacks/starter.yml gives to the API, and a signing key."""
    (tmp_path / "keyset.json").write_text("{}")
    return {
        "DATABASE_URL": database.replace("postgresql://", "postgresql+asyncpg://"),
        "REDIS_URL": redis.url,
        "ENVIRONMENT": "development",
        "OPENAI_API_KEY": "key",
        "AUTH_KEY_STORAGE_PATH": str(tmp_path / "keyset.json"),
    }


@pytest.fixture
def migrated(start: Start, environ: dict[str, str], database: str) -> dict[str, str]:
    """The same, with the database migrated."""
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE EXTENSION citext")
    assert start(ALEMBIC, **environ).exit_code() == 0
    return environ


def api(start: Start, environ: dict[str, str]) -> Part:
    """The API on a free port, which its command line names."""
    port = free_port()
    part = start(f"{API} {port}", **environ)
    part.port = port
    return part


def status_for(part: Part, host: str) -> int:
    """How a health check is answered that calls the part by a name."""
    request = urllib.request.Request(f"{part.url}/health", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_only_allowed_hosts_are_answered(start: Start, environ: dict[str, str]) -> None:
    """F3: neither the pod's address nor the Service's name, unless they are listed."""
    part = api(start, environ).listening("/health")
    assert [status_for(part, host) for host in ("10.0.0.7:8000", "starter-api:8000")] == [400, 400]
    listed = api(start, environ | {"ALLOWED_HOSTS": "127.0.0.1,starter-api"}).listening("/health")
    assert [status_for(listed, host) for host in ("10.0.0.7:8000", "starter-api")] == [400, 200]


def test_ready_is_green_on_an_unmigrated_database(start: Start, environ: dict[str, str]) -> None:
    """F2, and the requests fail."""
    part = api(start, environ).listening("/health/ready")
    assert part.send("/api/v1/auth/register", {"email": "a@b.c"})[0] == 500
    assert [part.get(path)[0] for path in ("/health/storage", "/metrics")] == [200, 200]


def test_ready_is_green_without_a_signing_key(start: Start, migrated: dict[str, str]) -> None:
    """F9, and sign-up fails; with the key the same request succeeds."""
    with_key = api(start, migrated).listening("/health/ready")
    without = api(start, migrated | {"AUTH_KEY_STORAGE_PATH": "/nowhere"}).listening(
        "/health/ready"
    )
    user = {"email": "a@b.c"}
    status, text = without.send("/api/v1/auth/register", user)
    assert (status, text["error"]) == (500, "there is no signing key")
    assert with_key.send("/api/v1/auth/register", user) == (200, user)
    assert with_key.send("/api/v1/auth/register", {"email": "A@B.C"})[0] == 409


def test_the_migration_needs_its_extension(
    start: Start, environ: dict[str, str], database: str
) -> None:
    failed = start(ALEMBIC, **environ)
    assert (failed.exit_code(), 'type "citext" does not exist' in failed.output()) == (1, True)
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE EXTENSION citext")
    assert start(ALEMBIC, **environ).exit_code() == 0
    again = start(ALEMBIC, **environ)
    assert (again.exit_code(), "applied" in again.output()) == (0, False)


PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "s",
    "AUTH_PASSWORD_PEPPER": "p",
    "AUTH_REFRESH_TOKEN_PEPPER": "r",
    "AUTH_KEY_STORAGE_BACKEND": "secret-manager",
    "REDIS_URL": "rediss://:password@127.0.0.1:9/0",
}
REFUSED = {
    "no key for OpenAI": ({"OPENAI_API_KEY": ""}, "OPENAI_API_KEY is not set"),
    "another driver": ({"DATABASE_URL": "postgresql://h/d"}, "postgresql+asyncpg://"),
    "a default secret": (PRODUCTION | {"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    "keys in a file": (PRODUCTION | {"AUTH_KEY_STORAGE_BACKEND": "file"}, "file is refused"),
    "plain Redis": (PRODUCTION | {"REDIS_URL": "redis://h:1/0"}, "must be rediss://"),
    "a replay without stream": ({"ENABLE_BILLING": "true"}, "UnboundLocalError"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_at_the_start(
    start: Start, environ: dict[str, str], change: dict[str, str], message: str
) -> None:
    part = api(start, environ | change)
    assert (part.exit_code(), message in part.output()) == (1, True)


def test_production_starts_when_all_is_right(start: Start, environ: dict[str, str]) -> None:
    """And Redis, which nobody can reach here, is not asked for readiness."""
    assert api(start, environ | PRODUCTION).listening("/health/ready")


def test_web_is_as_healthy_as_its_api(start: Start, migrated: dict[str, str]) -> None:
    """F7: 503 on both paths while the API is away; requests go through it otherwise."""
    server = api(start, migrated).listening("/health")
    web = start(WEB, API_BASE_URL=server.url, HOSTNAME="127.0.0.1")
    web.listening("/api/health/ready").listening("/api/health").listening("/")
    assert web.send("/api/v1/auth/register", {"email": "a@b.c"})[0] == 200
    server.terminate()
    assert server.exit_code(5) == 0
    assert [web.get(path)[0] for path in ("/api/health", "/api/health/ready")] == [503, 503]
    web.terminate()
    assert web.exit_code(5) == 0


def test_bills_are_retried_where_it_is_enabled(start: Start, migrated: dict[str, str]) -> None:
    billing = migrated | {"ENABLE_BILLING": "true", "ENABLE_BILLING_STREAM": "true"}
    quiet = api(start, billing | {"ENABLE_BILLING_RETRY_WORKER": "false"}).listening("/health")
    quiet.send("/api/v1/billing/events", {"event": "one"})
    assert "working on" not in quiet.output()
    assert quiet.read("/api/v1/billing/events") == {"events": []}
    api(start, billing).listening("/health")
    wait_for(lambda: quiet.read("/api/v1/billing/events")["events"], 10)
