# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: measures, writes build/bench.json, and the tables of docs/performance.md.

Named measures replace their figures in build/bench.json; all others stay as they are.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import results
from benchmarks.calm import calm_down
from benchmarks.errors import BenchError
from benchmarks.measures import MEASURES
from cluster.errors import ClusterError


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


if __name__ == "__main__":
    sys.exit(main())
