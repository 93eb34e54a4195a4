# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a service starts, says that it is ready, and ends; and each fault that can be switched on."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg
import pytest
from shop_processes import DEFAULTS, ROOT, Postgres, Process, wait_for

REFUSED = {
    "unknown service": (["shops", "serve"], {}, "invalid choice: 'shops'"),
    "nothing to migrate": (["gateway", "migrate"], {}, "gateway has no database"),
    "no secret": (["products", "serve"], {"JWT_SECRET": ""}, "products: JWT_SECRET is missing"),
}


@pytest.mark.parametrize(("arguments", "change", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_start_ends_with_code_2(
    arguments: list[str], change: dict[str, str], message: str
) -> None:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://u:p@h/d"} | DEFAULTS
    done = subprocess.run(
        [sys.executable, "-m", "shop", *arguments],
        env=environ | change, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_ready_means_migrated(database: str, start: type[Process]) -> None:
    server = start("products", "serve", DATABASE_URL=database)
    wait_for(lambda: server.get("/healthz") == (200, '{"status":"ok"}'))
    status, text = server.get("/healthz?ready=1")
    assert status == 503
    assert "never migrated" in text
    assert start("products", "migrate", DATABASE_URL=database).exit_code() == 0
    server.wait_ready()


def test_a_newer_shop_is_not_ready_on_an_older_database(
    database: str, start: type[Process]
) -> None:
    assert start("products", "migrate", DATABASE_URL=database).exit_code() == 0
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("DELETE FROM shop_migrations WHERE name = '0002_first_products'")
    server = start("products", "serve", DATABASE_URL=database)
    wait_for(lambda: server.get("/healthz")[0] == 200)
    assert "not migrated: 0002_first_products" in server.get("/healthz?ready=1")[1]


@pytest.mark.parametrize("outage", [Postgres.stopped, Postgres.frozen])
def test_a_service_outlives_its_database(
    start: type[Process], outage: Callable[[Postgres], AbstractContextManager[None]]
) -> None:
    """Though more requests fail meanwhile than it has connections."""
    with Postgres() as postgres, concurrent.futures.ThreadPoolExecutor(20) as callers:
        database = postgres.new_database()
        server = start("products", "serve", DATABASE_URL=database, MIGRATE_ON_START="true")
        server.wait_ready()
        with outage(postgres):
            began = time.monotonic()
            answers = callers.map(server.get, ["/healthz?ready=1", "/products"] * 10, [60] * 20)
            assert {status for status, _ in answers} == {503}
            assert time.monotonic() - began < 30
            assert server.get("/healthz")[0] == 200
        wait_for(lambda: server.get("/healthz?ready=1")[0] == 200, 10, "ready again")
        assert server.get("/products")[0] == 200


def test_a_service_starts_before_its_database(start: type[Process]) -> None:
    with Postgres() as postgres:
        database = postgres.new_database()
        assert start("users", "migrate", DATABASE_URL=database).exit_code() == 0
        with postgres.stopped():
            server = start("users", "serve", DATABASE_URL=database)
            wait_for(lambda: server.get("/healthz")[0] == 200)
            assert server.get("/healthz?ready=1")[0] == 503
            assert "not ready: the database does not answer" in server.output()
        wait_for(lambda: server.get("/healthz?ready=1")[0] == 200)


def test_a_new_admin_password_needs_only_a_restart(database: str, start: type[Process]) -> None:
    def stored(password: str) -> str:
        server = start(
            "users", "serve", DATABASE_URL=database, MIGRATE_ON_START="true",
            ADMIN_PASSWORD=password,
        ).wait_ready()  # fmt: skip
        server.kill()
        with psycopg.connect(database) as db:
            return db.execute("SELECT password_hash FROM users").fetchall()

    first, second = stored("first-password"), stored("second-password")
    assert len(first) == len(second) == 1
    assert first != second


def test_a_defect_is_answered_and_logged_with_its_request(
    database: str, start: type[Process]
) -> None:
    server = start("products", "serve", DATABASE_URL=database, MIGRATE_ON_START="true")
    server.wait_ready()
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("DROP TABLE products")
    status, text = server.get("/products")
    assert (status, json.loads(text)["error"].split(";")[0]) == (500, "the shop failed")
    wait_for(lambda: '"path": "/products"' in server.output())
    failure, request = server.records()[-2:]
    assert 'relation "products" does not exist' in failure["traceback"]
    assert (request["status"], request["level"]) == (500, "error")
    assert failure["request_id"] == request["request_id"]


def test_sigterm_finishes_what_is_in_flight(database: str, start: type[Process]) -> None:
    server = start(
        "products", "serve", DATABASE_URL=database, MIGRATE_ON_START="true",
        FAULT_SLOW_REQUEST_S="4",
    ).wait_ready()  # fmt: skip
    with concurrent.futures.ThreadPoolExecutor() as pool:
        in_flight = pool.submit(server.get, "/products")
        time.sleep(1)
        server.terminate()
        wait_for(lambda: server.get("/healthz")[0] == 0, what="the port is closed")
        assert not in_flight.done()
        assert in_flight.result()[0] == 200
    assert server.exit_code(20) == 0
    assert any("SIGTERM: draining" in record["message"] for record in server.records())


def test_an_idle_service_ends_at_once(start: type[Process]) -> None:
    server = start("gateway", "serve").wait_ready()
    server.terminate()
    assert server.exit_code(6) == 0


def test_a_drain_has_an_end(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_SLOW_REQUEST_S="60").wait_ready()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(server.get, "/products", 60)
        time.sleep(1)
        server.terminate()
        assert server.exit_code(30) == 0
    assert "are cut off" in server.output()


@pytest.mark.parametrize("fault", [{}, {"FAULT_SLOW_START_S": "60"}], ids=["up", "starting"])
def test_sigterm_ends_process_1(start: type[Process], fault: dict[str, str]) -> None:
    """The kernel has no default action for signals to process 1, so each must be handled."""
    server = start("gateway", "serve", as_process_1=True, **fault)
    wait_for(lambda: ("faults are on" if fault else "running on") in server.output())
    server.terminate()
    assert server.exit_code(20) == 0


def test_crash_at_start(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_CRASH_AT_START="true")
    assert server.exit_code() == 1
    assert server.records()[-1]["message"] == "fault: crash at start"


def test_crash_after_some_time(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_CRASH_AFTER_S="2").wait_ready()
    assert server.exit_code() == 1
    assert server.records()[-1]["message"] == "fault: crash after 2 s"


def test_slow_start(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_SLOW_START_S="2")
    wait_for(lambda: "faults are on" in server.output())
    began = time.monotonic()
    assert server.get("/healthz")[0] == 0
    server.wait_ready()
    assert time.monotonic() - began > 1.5


def test_never_ready_but_alive(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_NEVER_READY="true")
    wait_for(lambda: server.get("/healthz")[0] == 200)
    assert server.get("/healthz?ready=1")[0] == 503


def test_ignore_sigterm(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_IGNORE_SIGTERM="true").wait_ready()
    server.terminate()
    wait_for(lambda: "SIGTERM is ignored" in server.output())
    time.sleep(1)
    assert server.get("/healthz")[0] == 200
    server.process.send_signal(signal.SIGINT)
    assert server.exit_code() == 0


def test_exhaust_memory(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_EXHAUST_MEMORY="50").wait_ready()
    before = resident_mb(server)
    wait_for(lambda: resident_mb(server) > before + 50)


def resident_mb(server: Process) -> float:
    """The process's resident memory."""
    with open(f"/proc/{server.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_hang_includes_the_probes(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_HANG="true")
    wait_for(lambda: "running on" in server.output())
    status, reason = server.get("/healthz", timeout_s=1)
    assert (status, "timed out" in reason) == (0, True)


def test_errors_spare_the_probes(start: type[Process]) -> None:
    server = start("gateway", "serve", FAULT_ERROR_RATE="1").wait_ready()
    assert server.get("/products") == (500, '{"error":"fault: error rate"}')
    assert server.get("/healthz")[0] == 200
