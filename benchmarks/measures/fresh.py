# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""50 objects into nothing until all are ready, and one changed image among 50 objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks import place
from benchmarks.commands import Command, run
from benchmarks.errors import BenchError
from benchmarks.figures import Figures, repeated
from benchmarks.sample import Sample, named

Deploy = Callable[[Sample], list[Command]]
WAYS: dict[str, Deploy] = {
    "site": lambda sample: [place.site(sample)],
    "helm": lambda sample: [place.helm(sample, waits=True)],
    "kubectl": lambda sample: [place.kubectl(sample), place.rollout_status(sample)],
    "kubernetes_core": lambda sample: [place.core(sample, waits=True)],
}


def fresh() -> Figures:
    """Ours, helm and kubectl deploy into a namespace that is not there, and wait."""
    for name in ("site", "helm", "kubectl"):
        yield from _fresh(name)


def fresh_core() -> Figures:
    """kubernetes.core does the same; it takes longer than all others together."""
    yield from _fresh("kubernetes_core")


def _fresh(name: str) -> Figures:
    sample = Sample(named("fresh", name))
    place.write(sample)
    key = "fresh_site_s" if name == "site" else f"{name}_fresh_s"
    gone = partial(place.remove, [sample.name])
    yield key, repeated(partial(_deployed, sample, WAYS[name]), prepare=gone)
    gone()


def change() -> Figures:
    """Ours and helm deploy one changed image, there and back, and wait."""
    for key, name in (("change_site_s", "site"), ("helm_change_s", "helm")):
        sample = Sample(f"bench-change-{name}")
        place.write(sample)
        _deployed(sample, WAYS[name])
        settle = partial(place.settle, sample)
        yield key, repeated(_changer(sample, WAYS[name]), prepare=settle)
        place.remove([sample.name])


def _changer(sample: Sample, deploy: Deploy) -> Callable[[], float]:
    """Return a call that deploys the other variant; it must write one object and no other."""
    now = [sample]

    def once() -> float:
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
