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
    return _conninfo("DB", name="NAME", default="philotes", port="5432")


def source() -> str:
    """What is replicated. F9: the port's default is 5433."""
    return _conninfo("CDC_SOURCE", name="DATABASE", default="source", port="5433")


def _conninfo(prefix: str, *, name: str, default: str, port: str) -> str:
    return make_conninfo(
        host=text(f"{prefix}_HOST", "localhost"),
        port=text(f"{prefix}_PORT", port),
        dbname=text(f"{prefix}_{name}", default),
        user=text(f"{prefix}_USER", default),
        password=text(f"{prefix}_PASSWORD", default),
        sslmode=text(f"{prefix}_SSLMODE", "disable"),
    )


def port(name: str, default: str) -> int:
    """The port of an address such as `:8080`."""
    return int(text(name, default).rpartition(":")[2])
