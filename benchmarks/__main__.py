# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: measures, writes build/bench.json, and the tables of docs/performance.md.

Named measures replace their figures in build/bench.json; all others stay as they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from benchmarks import results
from benchmarks.errors import BenchError
from benchmarks.measures import MEASURES
from cluster.errors import ClusterError

CALM = 1.0  # 1-minute load average
FADES_S = 180.0


def main() -> int:
    """Run the measures that are named, by default all; returns the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="measure", help=", ".join(MEASURES))
    chosen = parser.parse_args().measures or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    try:
        for name in chosen:
            calm_down()
            for key, figure in MEASURES[name]():
                print(f"{key:32} {figure.median:10.3f} {figure.unit}", flush=True)
                results.keep(key, figure)
        results.publish()
    except (BenchError, ClusterError) as error:
        print(f"bench: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def calm_down() -> None:
    """Wait for the load of what was measured before, as long as it may take to fade."""
    until = time.monotonic() + FADES_S
    if os.getloadavg()[0] > CALM:
        print(f"bench: waiting for the load to fade, at most {FADES_S:.0f} s", flush=True)
    while os.getloadavg()[0] > CALM and time.monotonic() < until:
        time.sleep(5)


if __name__ == "__main__":
    sys.exit(main())
