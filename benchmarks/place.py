# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stack on the cluster: its files for everyone who deploys it, and its namespace.

Each way of deploying has a namespace of its own, so that nobody meets another's field managers.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.commands import Command, at_cluster, playbook, run
from benchmarks.sample import Sample, text, write_chart, write_manifests, write_stack
from cluster.paths import KUBECONFIG, ROOT
from cluster.versions import CONTEXT

WORK = ROOT / "build" / "bench"
WAIT_S = 300  # helm's own default
CORE_PLAY = """\
- hosts: all
  gather_facts: false
  tasks:
    - name: Apply the objects
      kubernetes.core.k8s:
        src: "{{ manifests }}"
        kubeconfig: "{{ stack_kubeconfig }}"
        context: "{{ stack_context }}"
        wait: "{{ waits | bool }}"
        wait_timeout: "{{ wait_s }}"
"""
EMPTY_PLAY = "- hosts: all\n  gather_facts: false\n  tasks: []\n"


def write(sample: Sample) -> Path:
    """Write all files of a sample; returns its folder."""
    folder = WORK / sample.name
    write_stack(sample, folder)
    write_manifests(sample, folder)
    write_chart(sample, folder)
    inventory([sample], folder)
    for name, play in (("core.yml", CORE_PLAY), ("empty.yml", EMPTY_PLAY)):
        (folder / name).write_text(play, "utf-8")
    return folder


def inventory(samples: Sequence[Sample], folder: Path) -> Path:
    """Write an inventory of some stacks; returns its path."""
    hosts = {"all": {"hosts": {sample.name: _host(sample) for sample in samples}}}
    path = folder / "hosts.yml"
    path.write_text(text(hosts), "utf-8")
    return path


def _host(sample: Sample) -> dict[str, Any]:
    folder = WORK / sample.name
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "stack_file": str(folder / "stack.yml"),
        "manifests": str(folder / "manifests.yaml"),
        "stack_kubeconfig": str(KUBECONFIG),
        "stack_context": CONTEXT,
        "stack_env": sample.environment(),
    }


def site(sample: Sample, *options: str) -> Command:
    """Deploy with ours: all phases, until all is ready."""
    return playbook(ROOT / "playbooks" / "site.yml", _hosts(sample), *options)


def empty(sample: Sample) -> Command:
    """Run a playbook without a task."""
    return playbook(WORK / sample.name / "empty.yml", _hosts(sample))


def core(sample: Sample, *, waits: bool) -> Command:
    """Deploy with kubernetes.core, one task for all objects."""
    options = ("-e", f"waits={waits}", "-e", f"wait_s={WAIT_S}")
    path = WORK / sample.name / "core.yml"
    return playbook(path, _hosts(sample), *options, collections=peers.kubernetes_core())


def helm(sample: Sample, *, waits: bool) -> Command:
    """Deploy the chart."""
    wait = ("--wait",) if waits else ()
    chart = WORK / sample.name / "chart"
    words = ("upgrade", "--install", sample.name, chart, "-n", sample.name, "--create-namespace")
    return at_cluster(peers.helm(), *words, *wait)


def kubectl(sample: Sample) -> Command:
    """Apply the manifests."""
    manifests = WORK / sample.name / "manifests.yaml"
    return at_cluster(peers.kubectl(), "apply", "--server-side", "-f", manifests)


def rollout_status(sample: Sample) -> Command:
    """Wait with kubectl until every Deployment is rolled out."""
    words = ("rollout", "status", "deployment", "-n", sample.name, "--timeout", f"{WAIT_S}s")
    return at_cluster(peers.kubectl(), *words, "-l", f"app.kubernetes.io/part-of={sample.name}")


def remove(names: Iterable[str]) -> None:
    """Delete namespaces and wait until they are gone; those that are not there are fine."""
    words = ("delete", "namespace", "--ignore-not-found", "--wait", *names)
    run(at_cluster(peers.kubectl(), *words))


def versions(sample: Sample) -> dict[str, str]:
    """Return the resource version of each Deployment, Service and ConfigMap of a sample.

    What Kubernetes (kube-root-ca.crt), helm and ours write for themselves is not among them.
    """
    label = f"app.kubernetes.io/part-of={sample.name},app.kubernetes.io/component=workload"
    return {
        f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["resourceVersion"]
        for one in _found(sample, "deployments,services,configmaps", "-l", label)
    }


def settle(samples: Iterable[Sample]) -> None:
    """Wait until no pod of the samples is ending: its end would burden the next run.

    The kubelet looks at its containers once a second, and a pod ends when it does: so the next
    run begins at another moment of that second each time.
    """
    for sample in samples:
        _settled(sample)
    time.sleep(random.random())


def _settled(sample: Sample) -> None:
    pods = [one["metadata"] for one in _found(sample, "pods")]
    ending = [pod["name"] for pod in pods if "deletionTimestamp" in pod]
    if ending:
        words = ("wait", "pods", *ending, "-n", sample.name, "--for=delete", "--timeout=60s")
        run(at_cluster(peers.kubectl(), *words))


def _found(sample: Sample, kinds: str, *words: str) -> list[dict[str, Any]]:
    asked = ("get", kinds, "-n", sample.name, "-o", "json", *words)
    items: list[dict[str, Any]] = json.loads(run(at_cluster(peers.kubectl(), *asked)).output)[
        "items"
    ]
    return items


def _hosts(sample: Sample) -> Path:
    return WORK / sample.name / "hosts.yml"
