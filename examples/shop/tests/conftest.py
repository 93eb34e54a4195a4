# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL of our own and the four services as processes, once for all tests of the shop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

for folder in (Path(__file__).parent, Path(__file__).parents[1]):
    sys.path.insert(0, str(folder))

from shop_processes import Postgres, Process, Shop  # noqa: E402

# A shell starts what it puts into the background deaf to Ctrl-C, and all that comes of it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server on a free port of the loopback, gone after the tests with all its files."""
    with Postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The URL of a new, empty database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def shop(postgres: Postgres) -> Iterator[Shop]:
    """The whole shop, migrated and ready."""
    with Shop(postgres) as running:
        yield running


@pytest.fixture
def start() -> Iterator[type[Process]]:
    """Start a service: `start("users", "serve", DATABASE_URL=...)`; ended after the test."""
    started: list[Process] = []

    def start_one(*arguments: str, **options: Any) -> Process:
        started.append(Process(*arguments, **options))
        return started[-1]

    yield start_one  # type: ignore[misc]
    for process in started:
        process.kill()
