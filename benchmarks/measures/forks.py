# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks that need no change by one ansible-playbook: eight with 1, 2, 4 and 8 forks; one; five."""

from __future__ import annotations

from functools import partial

from benchmarks import place
from benchmarks.calm import calm_down
from benchmarks.commands import Command, playbook, run
from benchmarks.figures import Figures, repeated
from benchmarks.sample import Sample
from cluster.paths import ROOT

NOTE = "eight stacks of 50 objects that are there, Deployments with 0 replicas"


def forks() -> Figures:
    """Deploy the stacks once, then again with each number of forks."""
    samples = [Sample(f"bench-forks-{i}", replicas=0) for i in range(8)]
    for sample in samples:
        place.write(sample)
    inventory = place.inventory(samples, place.WORK)
    site = partial(playbook, ROOT / "playbooks" / "site.yml", inventory)
    run(site())
    calm_down()  # 160 Deployments have only just been taken up
    for count in (1, 2, 4, 8):
        yield (
            f"forks_{count}_s",
            repeated(partial(_seconds, site("--forks", str(count))), note=NOTE),
        )
    for key, some in (("forks_one_stack", samples[:1]), ("forks_five_stacks", samples[:5])):
        limit = ",".join(sample.name for sample in some)
        one = partial(_seconds, site("--limit", limit))
        yield f"{key}_s", repeated(one, note=f"{len(some)} of these eight, as many forks")
    place.remove([sample.name for sample in samples])


def _seconds(command: Command) -> float:
    return run(command).seconds
