# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays seeds in a process of its own, and tells those that broke a promise.

python tests/simulation/replay.py 17          one seed
python tests/simulation/replay.py 0 500 2     0, 2, 4 … 498
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / ".collections")]

from tests.simulation.theatre import play  # noqa: E402


def main() -> None:
    """Print seed → what must not happen and did, as JSON."""
    first, *more = map(int, sys.argv[1:])
    seeds = range(first, *more) if more else [first]
    told = {seed: theatre.violations for seed in seeds if (theatre := play(seed)).violations}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
