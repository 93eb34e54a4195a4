# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploying again what is there: 50 objects by everyone, 500 by ours and kubectl, 5,000 by ours."""

from __future__ import annotations

from functools import partial

from benchmarks import place
from benchmarks.calm import calm_down
from benchmarks.commands import Command, Ran, run
from benchmarks.errors import BenchError
from benchmarks.figures import Figures, figure, repeated
from benchmarks.sample import Sample, named

# The cluster's controllers take up about ten Deployments a second: the first time takes minutes.
PATIENT = ("-e", "workloads_timeout=1800")
NO_PODS = "Deployments with 0 replicas: the objects are real, pods there are none"


def noop() -> Figures:
    """50 objects, all rolled out before."""
    for name, deploy in (
        ("noop_site", place.site),
        ("helm_noop", partial(place.helm, waits=False)),
        ("kubectl_noop", place.kubectl),
        ("kubernetes_core_noop", partial(place.core, waits=False)),
    ):
        sample = Sample(named(name))
        place.write(sample)
        yield from _again(name, sample, deploy(sample))
        if name == "noop_site":
            yield "empty_playbook_s", repeated(partial(_kept, place.empty(sample), []))
        place.remove([sample.name])


def noop_500() -> Figures:
    """500 objects without pods, by ours and kubectl."""
    for name, deploy in (("noop_500", place.site), ("kubectl_noop_500", place.kubectl)):
        sample = Sample(named(name), 500, replicas=0)
        place.write(sample)
        yield from _again(name, sample, deploy(sample), note=NO_PODS)
        place.remove([sample.name])


def noop_5000() -> Figures:
    """5,000 objects without pods: seconds, and the memory of the largest process."""
    sample = Sample("bench-noop-5000", 5000, replicas=0)
    place.write(sample)
    run(place.site(sample, *PATIENT))
    calm_down()  # 2,000 Deployments have only just been taken up
    rans: list[Ran] = []
    yield "noop_5000_s", repeated(partial(_kept, place.site(sample), rans), note=NO_PODS)
    sizes = [ran.rss_mb for ran in rans[1:]]
    yield "noop_5000_rss_mb", figure(sizes, "MB", note="the largest process of the run")
    place.remove([sample.name])


def _again(name: str, sample: Sample, command: Command, note: str = "") -> Figures:
    """Deploy, wait, then measure seconds and seconds of processor time; nothing may be written."""
    run(command)
    run(place.rollout_status(sample))
    before, rans = place.versions(sample), list[Ran]()
    yield f"{name}_s", repeated(partial(_kept, command, rans), note=note)
    cpu = [ran.cpu_s for ran in rans[1:]]
    yield f"{name}_cpu_s", figure(cpu, note="processor time, of all its processes")
    if place.versions(sample) != before:
        raise BenchError(f"{name}: the runs that should change nothing wrote to objects.")


def _kept(command: Command, rans: list[Ran]) -> float:
    rans.append(run(command))
    return rans[-1].seconds
