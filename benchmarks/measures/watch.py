# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""1,000 Deployments of 5 pods each under one health_wait, on nodes that kwok plays.

The Deployments, ReplicaSets and pods are real objects, made by the cluster's own controllers;
only the kubelets are kwok's. What is measured is the one run of ansible-playbook, while they
become ready. Its latency is that of each Deployment, from when `kubectl get --watch` says that it
is ready until the run's live line says so, both read by one clock.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import IO, Any

from benchmarks import peers, place, profiled, spans
from benchmarks.commands import Command, Ran, at_cluster, playbook, run
from benchmarks.errors import BenchError
from benchmarks.figures import Figures, figure
from benchmarks.sample import Sample, text
from cluster.paths import KUBECONFIG

LEASE_S = 40  # as the kubelet's; without leases the nodes are taken for lost after 50 s
NAMESPACE, LABEL = "bench-watch", "bench-kwok"
PODS, PODS_PER_NODE = 5, 100
ONCE = "one roll-out; the cluster's controllers, not the wait, decide how long it takes"
READY_LINE = re.compile(rf"(w\d+) +Deployment +{PODS}/{PODS} ready")
COLUMNS = ".metadata.name", ".status.readyReplicas", ".status.updatedReplicas", ".status.replicas"


@dataclass(slots=True)
class Seen:
    """When each Deployment was first seen ready, by name, in seconds of one clock."""

    at: dict[str, float] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """Note a Deployment, if it is not yet."""
        self.at.setdefault(name, perf_counter())


def watch(count: int = 1000) -> Figures:
    """Roll out `count` Deployments under one wait."""
    folder = place.write(Sample(NAMESPACE, 3))
    place.remove([NAMESPACE])
    fake = range(1 + count * PODS // PODS_PER_NODE)
    nodes = _written(folder / "nodes.yaml", list(map(_node, fake)))
    objects = _written(folder / "deployments.yaml", [_namespace(), *map(_deployment, range(count))])
    command = playbook(_written_play(folder, count), folder / "hosts.yml")
    with _kwok():
        try:
            _kubectl("apply", "--server-side", "-f", nodes)
            _kubectl("wait", "nodes", "-l", LABEL, "--for=condition=Ready", "--timeout=60s")
            _kubectl("apply", "--server-side", "-f", objects)
            yield from _figures(f"watch_{count}", *_waited(command))
        finally:  # while kwok still plays the kubelets, which end the pods
            place.remove([NAMESPACE])
            _kubectl("delete", "nodes", "-l", LABEL, "--ignore-not-found")


def _waited(command: Command) -> tuple[Ran, list[spans.Span], Seen, Seen]:
    """Run the wait with a watch beside it. Raises BenchError if the wait fails."""
    columns = ",".join(f"C{i}:{path}" for i, path in enumerate(COLUMNS))
    asked = ("get", "deployments", "-n", NAMESPACE, "--watch", "--no-headers", "-o")
    argv = at_cluster(peers.kubectl(), *asked, f"custom-columns={columns}").argv
    seen, told = Seen(), Seen()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as watcher:
        reader = threading.Thread(target=_follow, args=(watcher.stdout, seen), daemon=True)
        reader.start()
        try:
            ran, noted = spans.profiled(command, line=lambda line: _tell(line, told))
        finally:
            watcher.terminate()
    return ran, noted, seen, told


def _follow(lines: IO[str], seen: Seen) -> None:
    for line in lines:
        name, *numbers = line.split()
        if numbers == [str(PODS)] * 3:
            seen.note(name)


def _tell(line: str, told: Seen) -> None:
    if found := READY_LINE.search(line):
        told.note(found[1])


def _figures(key: str, ran: Ran, noted: list[spans.Span], seen: Seen, told: Seen) -> Figures:
    late = sorted(told.at[name] - seen.at[name] for name in told.at if name in seen.at)
    if len(late) < 2:
        raise BenchError(f"{key}: no Deployment became ready under the wait.")
    requests = sum(span.what == profiled.API for span in noted)
    cuts = quantiles([max(0.0, one) for one in late], n=100)
    note = f"over {len(late)} Deployments that became ready under the wait"
    yield f"{key}_s", figure([ran.seconds], note=ONCE)
    yield f"{key}_cpu_s", figure([ran.cpu_s], note=ONCE)
    yield f"{key}_rss_mb", figure([ran.rss_mb], "MB", note="the largest process of the run")
    yield f"{key}_requests", figure([requests], "requests", note=ONCE)
    yield f"{key}_latency_p50_s", figure([cuts[49]], note=note)
    yield f"{key}_latency_p99_s", figure([cuts[98]], note=note)


@contextmanager
def _kwok() -> Iterator[None]:
    """Play the kubelets of all nodes with our label, until the end of the block."""
    chosen = ("--manage-nodes-with-label-selector", LABEL)
    stages = (word for path in peers.kwok_stages() for word in ("--config", path))
    alive = ("--node-lease-duration-seconds", str(LEASE_S))
    argv = (peers.kwok(), "--kubeconfig", KUBECONFIG, *chosen, *alive, *stages)
    log = place.WORK / "kwok.log"
    with log.open("w") as output, subprocess.Popen(argv, stdout=output, stderr=output) as process:
        try:
            yield
            if process.poll() is not None:
                raise BenchError(f"kwok has ended: {log.read_text()[-500:]}")
        finally:
            process.terminate()


def _kubectl(*arguments: str | Path) -> None:
    run(at_cluster(peers.kubectl(), *arguments))


def _written(path: Path, documents: list[Any]) -> Path:
    path.write_text("---\n".join(map(text, documents)), "utf-8")
    return path


def _written_play(folder: Path, count: int) -> Path:
    wanted = [
        {"api_version": "apps/v1", "kind": "Deployment", "name": f"w{i}"} for i in range(count)
    ]
    options = {
        "resources": wanted,
        "namespace": NAMESPACE,
        "timeout": 1800,
        "kubeconfig": "{{ stack_kubeconfig }}",
        "context": "{{ stack_context }}",
    }
    task = {"name": "Wait", "slipway.stack.health_wait": options}
    play = {"hosts": "all", "gather_facts": False, "tasks": [task]}
    return _written(folder / "wait.yml", [[play]])


def _namespace() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}


def _node(index: int) -> dict[str, Any]:
    """Return a node that only pods with its toleration come to."""
    room = {"cpu": "64", "memory": "256Gi", "pods": str(PODS_PER_NODE)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"{LABEL}-{index}", "labels": {LABEL: ""}},
        "spec": {"taints": [{"key": LABEL, "effect": "NoSchedule"}]},
        "status": {"allocatable": room, "capacity": room},
    }


def _deployment(index: int) -> dict[str, Any]:
    name = f"w{index}"
    probe = {"tcpSocket": {"port": 8000}}
    pod = {
        "nodeSelector": {LABEL: ""},
        "tolerations": [{"key": LABEL, "operator": "Exists"}],
        "containers": [{"name": "app", "image": "debian:bookworm-slim", "readinessProbe": probe}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "replicas": PODS,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }
