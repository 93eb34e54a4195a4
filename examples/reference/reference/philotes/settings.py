# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in Philotes' way: parts of an address, with defaults for a developer's machine."""

from __future__ import annotations

import os

from psycopg.conninfo import make_conninfo


def text(name: str, default: str) -> str:
    """A variable's value. All have defaults: a missing one never fails loudly (read)."""
    return os.environ.get(f"PHILOTES_{name}") or default


def database() -> str:
    """Where the API keeps its sources and the worker its checkpoints."""
    return make_conninfo(
        host=text("DB_HOST", "localhost"),
        port=text("DB_PORT", "5432"),
        dbname=text("DB_NAME", "philotes"),
        user=text("DB_USER", "philotes"),
        password=text("DB_PASSWORD", "philotes"),
        sslmode=text("DB_SSLMODE", "disable"),
    )


def source() -> str:
    """What is replicated. F9: the port's default is 5433."""
    return make_conninfo(
        host=text("CDC_SOURCE_HOST", "localhost"),
        port=text("CDC_SOURCE_PORT", "5433"),
        dbname=text("CDC_SOURCE_DATABASE", "source"),
        user=text("CDC_SOURCE_USER", "source"),
        password=text("CDC_SOURCE_PASSWORD", "source"),
        sslmode=text("CDC_SOURCE_SSLMODE", "disable"),
    )


def port(name: str, default: str) -> int:
    """The port of an address such as `:8080`."""
    return int(text(name, default).rpartition(":")[2])
