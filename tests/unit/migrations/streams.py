# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and streams as tests play them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 1, 1, 23, 59, 55, tzinfo=UTC)


def stamped(lines: list[tuple[float, str]]) -> list[str]:
    """Return log lines as the kubelet sends them; (seconds since BEGIN, text)."""
    found = []
    for seconds, text in lines:
        stamp = (BEGIN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        found.append(f"{stamp}000Z {text}")
    return found


def since(log: list[str], query: dict) -> list[str]:
    """Answer as the kubelet does: lines from that second on."""
    begin = query.get("sinceTime", "").removesuffix("Z")
    return [line for line in log if line[:19] >= begin]


def numbered(count: int) -> list[str]:
    """Return the texts of so many lines, no two alike."""
    return [f"line {number}" for number in range(count)]


def log_of(texts: list[str]) -> list[str]:
    """Return the lines as the kubelet sends them, 100 a second."""
    return stamped([(number / 100, text) for number, text in enumerate(texts)])


class Source:
    """Streams that break: each entry is (how many lines, then what)."""

    def __init__(self, log: list[str], *breaks: tuple[int, Exception | None]) -> None:
        self.log, self.breaks = log, list(breaks)
        self.queries: list[dict] = []
        self.drained = threading.Event()

    def chunks(self, path, *, query=None, timeout_s=None):
        self.queries.append(query)
        length, trouble = self.breaks.pop(0) if self.breaks else (len(self.log), None)
        for line in since(self.log, query)[:length]:
            yield f"{line}\n".encode()
        if not self.breaks:
            self.drained.set()
        if trouble:
            raise trouble
