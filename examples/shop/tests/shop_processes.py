# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes for the tests: PostgreSQL as an unprivileged user, and services of the shop."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[1]
PG_PASSWORD = "pg-password-never-shown"
SECRETS = {
    "JWT_SECRET": "jwt-secret-never-shown",
    "ADMIN_PASSWORD": "admin-password-never-shown",
}
NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens
DEFAULTS = SECRETS | {
    "ADMIN_USERNAME": "admin",
    "USER_SERVICE_URL": NOWHERE,
    "PRODUCT_SERVICE_URL": NOWHERE,
    "ORDER_SERVICE_URL": NOWHERE,
}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], timeout_s: float = 60, what: str = "") -> Any:
    """The first true value of `condition`; fails the test when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout_s} s: {what or condition}")


def children(pid: int) -> list[int]:
    """The processes that a process of one thread has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def program(name: str) -> str:
    """A program of PostgreSQL; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    assert found, f"{name} is missing: apt-get install --no-install-recommends postgresql"
    return found


class Postgres:
    """One server, in a temporary folder, as `nobody` if we are root (it refuses to be root)."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="shop-pg-"))
        self.user = "nobody" if os.getuid() == 0 else None
        self.port = free_port()
        self.names = (f"shop_{number}" for number in itertools.count(1))

    def __enter__(self) -> Postgres:
        """Create the data and start."""
        password = self.folder / "password"
        password.write_text(PG_PASSWORD)
        if self.user:
            for path in (self.folder, password):
                shutil.chown(path, self.user)
        subprocess.run(
            [program("initdb"), "-D", self.folder / "data", "-U", "shop", "-A", "scram-sha-256",
             "--pwfile", password, "--no-sync", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, user=self.user, cwd=self.folder,
        )  # fmt: skip
        self.start()
        return self

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), "-D", self.folder / "data", "-p", str(self.port), "-F",
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
                stdout=log, stderr=log, user=self.user, cwd=self.folder,
            )  # fmt: skip
        wait_for(self.answers, what="PostgreSQL starts")

    def answers(self) -> bool:
        """Whether a client gets in."""
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop at once, breaking all connections."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Refuse connections for a while."""
        self.stop()
        yield
        self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Answer nothing for a while, as an address does whose packets are dropped."""
        self.process.send_signal(signal.SIGSTOP)
        family = [*children(self.process.pid), self.process.pid]
        try:
            for pid in family:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in family:
                os.kill(pid, signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        """Leave nothing."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """Of a database of this server."""
        return f"postgresql://shop:{PG_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Create an empty one; its URL."""
        name = next(self.names)
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return self.url(name)


class Process:
    """`python -m shop <service> <command>` with an environment of its own."""

    def __init__(
        self, service: str, command: str, as_process_1: bool = False, **environ: str
    ) -> None:
        """Start it; DEFAULTS apply where `environ` says nothing."""
        self.service = service
        self.as_process_1 = as_process_1
        self.port = free_port()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [*(NAMESPACE if as_process_1 else []), sys.executable, "-m", "shop", service, command],
            env=DEFAULTS | {"PATH": os.environ["PATH"], "PORT": str(self.port)} | environ,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        """All that it has written so far."""
        self.log.seek(0)
        return self.log.read().decode()

    def records(self) -> list[dict[str, Any]]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.output().splitlines()]

    def exit_code(self, timeout_s: float = 60) -> int:
        """Wait for its end."""
        return self.process.wait(timeout_s)

    def terminate(self) -> None:
        """Send SIGTERM, past unshare if there is one."""
        pid = self.process.pid
        if self.as_process_1:
            (pid,) = children(pid)
        os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def get(self, path: str, timeout_s: float = 10) -> tuple[int, str]:
        """Status and text; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout_s) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_ready(self) -> Process:
        """Wait for 200 from the readiness probe."""
        wait_for(
            lambda: self.get("/healthz?ready=1")[0] == 200 or self.process.poll() is not None,
            what=f"{self.service} is ready",
        )
        assert self.process.poll() is None, self.output()
        return self


class Shop:
    """The four services, each with its own database."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.processes: dict[str, Process] = {}
        self.databases: dict[str, str] = {}

    def __enter__(self) -> Shop:
        """Start all and wait until they are ready."""
        for service in ("users", "products", "orders"):
            self.databases[service] = self.postgres.new_database()
            self.processes[service] = Process(
                service,
                "serve",
                DATABASE_URL=self.databases[service],
                MIGRATE_ON_START="true",
                **self.urls(),
            )
        self.processes["gateway"] = Process("gateway", "serve", **self.urls())
        for process in self.processes.values():
            process.wait_ready()
        return self

    def urls(self) -> dict[str, str]:
        """The addresses of the services that run already."""
        return {
            f"{service.removesuffix('s').upper()}_SERVICE_URL": process.url
            for service, process in self.processes.items()
        }

    @property
    def url(self) -> str:
        """The gateway's."""
        return self.processes["gateway"].url

    def __exit__(self, *_: object) -> None:
        """End all."""
        for process in self.processes.values():
            process.kill()
