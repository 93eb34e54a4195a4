# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL, a Redis and an S3 server of our own; parts of the systems as processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2]
for folder in (Path(__file__).parent, Path(__file__).parents[1], EXAMPLES / "shop" / "tests"):
    sys.path.insert(0, str(folder))

from reference_processes import S3, Part, Redis  # noqa: E402
from shop_processes import Postgres  # noqa: E402


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    return postgres.new_database()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with S3() as server:
        yield server


@pytest.fixture
def start() -> Iterator[type[Part]]:
    """Start a part: `start("node services/...", DATABASE_URL=...)`; ended after the test."""
    started: list[Part] = []

    def start_one(line: str, **options: Any) -> Part:
        started.append(Part(line, **options))
        return started[-1]

    yield start_one  # type: ignore[misc]
    for part in started:
        part.kill()
