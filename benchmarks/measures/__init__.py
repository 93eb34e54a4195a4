# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All measures by the names that `make bench BENCH="..."` knows; each yields key and figure."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.figures import Figures
from benchmarks.measures import (
    fail,
    forks,
    fresh,
    gate,
    growth,
    imports,
    noop,
    profile,
    systems,
    watch,
)

MEASURES: dict[str, Callable[[], Figures]] = {
    "noop": noop.noop,
    "fresh": fresh.fresh,
    "fresh_core": fresh.fresh_core,
    "change": fresh.change,
    "fail": fail.fail,
    "forks": forks.forks,
    "noop_500": noop.noop_500,
    "noop_5000": noop.noop_5000,
    "gate": gate.gate,
    "growth": growth.growth,
    "imports": imports.imports,
    "profile": profile.profile,
    "watch": watch.watch,
    "systems": systems.systems,
}
