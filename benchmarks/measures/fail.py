# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the start of a deployment that cannot work to the verdict, a program that ends with failure.

The peers end at a deadline or a time limit, whatever else the machine does, so all runs of one go
on at once, each in a namespace of its own; ours run one after the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks import peers, place
from benchmarks.commands import at_cluster, run
from benchmarks.errors import BenchError
from benchmarks.figures import RUNS, Figure, Figures, figure, repeated
from benchmarks.measures import fresh
from benchmarks.sample import Sample, named, text
from tests.integration.health.faults import REGISTRY_PORT
from tests.integration.health.registry import POD

REGISTRY = "bench-registry"
PEERS = {way: deploy for way, deploy in fresh.WAYS.items() if way != "site"}
AT_ONCE = "all runs at once, each in a namespace of its own, without a warm-up"


@dataclass(frozen=True, slots=True)
class Broken(Sample):
    """A stack of one Deployment that has a fault. fault: one of FAULTS; says: what ours tells."""

    fault: str = ""

    def document(self) -> dict[str, Any]:
        """Return the content of the stack file, the fault put in."""
        document = Sample.document(self)
        FAULTS[self.fault][0](document)
        return document


def _image(document: dict[str, Any]) -> None:
    document["images"]["app"] = {"repo": f"localhost:{REGISTRY_PORT}/none", "tag": "9"}


def _crash(document: dict[str, Any]) -> None:
    document["profiles"]["service"]["command"] = ["sh", "-c", "echo no settings; exit 3"]


def _secret(document: dict[str, Any]) -> None:
    document["secrets"] = {"keys": {"keys": ["token"], "driver": "existing", "secret": "missing"}}
    document["workloads"]["w0"]["env"] = {"TOKEN": "${secrets.keys.token}"}


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "image": (_image, "image"),
    "crash": (_crash, "exit"),
    "secret": (_secret, "missing"),
}


def fail() -> Figures:
    """Ours, and the waits of helm, kubectl and kubernetes.core, for each fault."""
    _start_registry()
    yield from _ours_all()
    for way in PEERS:
        yield from _peers(way)
    place.remove([REGISTRY])


def _start_registry() -> None:
    """Have a registry on the node that knows no image, so that no network decides."""
    manifest = place.WORK / "registry.yaml"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": REGISTRY}}
    pod = {**POD, "metadata": {"name": "registry", "namespace": REGISTRY}}
    manifest.write_text(f"{text(home)}---\n{text(pod)}", "utf-8")
    at = partial(at_cluster, peers.kubectl())
    run(at("apply", "--server-side", "-f", manifest))
    run(at("wait", "-n", REGISTRY, "pod/registry", "--for=condition=Ready", "--timeout=60s"))


def _ours_all() -> Figures:
    for fault, (_put_in, says) in FAULTS.items():
        sample = Broken(f"bench-fail-{fault}", 3, fault=fault)
        place.write(sample)
        yield (
            f"fail_{fault}_site_s",
            repeated(partial(_ours, sample, says), prepare=partial(place.remove, [sample.name])),
        )
        place.remove([sample.name])


def _ours(sample: Sample, says: str) -> float:
    ran = run(place.site(sample), fails=True)
    if says not in ran.output:
        raise BenchError(f"{sample.name}: failed for another reason:\n{ran.output[-2000:]}")
    return ran.seconds


def _peers(way: str) -> Figures:
    samples = {
        fault: [Broken(named("fail", fault, way, i), 3, fault=fault) for i in range(RUNS)]
        for fault in FAULTS
    }
    everyone = [sample for group in samples.values() for sample in group]
    for sample in everyone:
        place.write(sample)
    place.remove([sample.name for sample in everyone])
    load = os.getloadavg()[0]
    with ThreadPoolExecutor(len(everyone)) as pool:
        took = {sample.name: pool.submit(_peer, way, sample) for sample in everyone}
    for fault, group in samples.items():
        yield f"fail_{fault}_{way}_s", _figure([took[one.name].result() for one in group], load)
    place.remove([sample.name for sample in everyone])


def _peer(way: str, sample: Sample) -> float:
    *before, last = PEERS[way](sample)
    return sum(run(one).seconds for one in before) + run(last, fails=True).seconds


def _figure(values: Sequence[float], load: float) -> Figure:
    return figure(values, load=[load] * len(values), note=AT_ONCE)
