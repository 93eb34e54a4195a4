# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""build/bench.json: every figure by its key, kept as soon as it is measured."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import chart, report
from benchmarks.figures import Figure
from cluster.paths import ROOT

PATH = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = PAGE.with_suffix(".svg")


def read(path: Path = PATH) -> dict[str, Any]:
    """Return all figures by key, and `machine`; empty where nothing was measured yet."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def keep(key: str, figure: Figure, path: Path = PATH) -> None:
    """Write one figure, beside those that are there."""
    figures = {**read(path), "machine": machine(), key: figure.as_dict()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", "utf-8")


def publish() -> None:
    """Write the tables and the picture of docs/performance.md."""
    figures = read()
    page = PAGE.read_text("utf-8")
    PAGE.write_text(report.inserted(page, report.tables(figures)), "utf-8")
    PICTURE.write_text(chart.drawn(figures), "utf-8")


def machine() -> dict[str, str | int | None]:
    """Describe what was measured on, and when."""
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
