# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""50 objects into nothing until all are ready, and one changed image among 50 objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks import place
from benchmarks.calm import calm_down
from benchmarks.commands import Command, run
from benchmarks.errors import BenchError
from benchmarks.figures import Figures, by_turns
from benchmarks.sample import Sample, named

Deploy = Callable[[Sample], list[Command]]
WAYS: dict[str, Deploy] = {
    "site": lambda sample: [place.site(sample)],
    "helm": lambda sample: [place.helm(sample, waits=True)],
    "kubectl": lambda sample: [place.kubectl(sample), place.rollout_status(sample)],
    "kubernetes_core": lambda sample: [place.core(sample, waits=True)],
}


def fresh() -> Figures:
    """Ours, helm and kubectl deploy into a namespace that is not there, and wait; by turns."""
    yield from by_turns({_key(name): _deployer(name) for name in ("site", "helm", "kubectl")})


def fresh_core() -> Figures:
    """kubernetes.core does the same; it takes longer than all others together."""
    yield from by_turns({_key(name): _deployer(name) for name in ("kubernetes_core",)})


def _key(name: str) -> str:
    return "fresh_site_s" if name == "site" else f"{name}_fresh_s"


def _deployer(name: str) -> Callable[[], float]:
    """Return a call that deploys into a new namespace and leaves nothing behind."""
    sample = Sample(named("fresh", name))
    place.write(sample)
    gone = partial(place.remove, [sample.name])

    def once() -> float:
        gone()
        seconds = _deployed(sample, WAYS[name])
        gone()
        return seconds

    return once


def change() -> Figures:
    """Ours and helm deploy one changed image, there and back, and wait; by turns."""
    ways = {"change_site_s": "site", "helm_change_s": "helm"}
    samples = {name: Sample(f"bench-change-{name}") for name in ways.values()}
    for name, sample in samples.items():
        place.write(sample)
        _deployed(sample, WAYS[name])
    calm_down()  # their pods have only just started
    settle = partial(place.settle, list(samples.values()))
    yield from by_turns(
        {key: _changer(samples[name], WAYS[name], settle) for key, name in ways.items()}
    )
    place.remove([sample.name for sample in samples.values()])


def _changer(sample: Sample, deploy: Deploy, settle: Callable[[], object]) -> Callable[[], float]:
    """Return a call that deploys the other variant; it must write one object and no other."""
    now = [sample]

    def once() -> float:
        settle()
        now[0] = now[0].other()
        place.write(now[0])
        before = place.versions(sample)
        seconds = _deployed(now[0], deploy)
        after = place.versions(sample)
        written = [name for name in after if after[name] != before.get(name)]
        if written != ["Deployment/w0"]:
            raise BenchError(f"{sample.name}: one image was changed, written were {written}.")
        return seconds

    return once


def _deployed(sample: Sample, deploy: Deploy) -> float:
    return sum(run(command).seconds for command in deploy(sample))
