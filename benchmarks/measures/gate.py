# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the migration gate adds to a deployment in which every migration has run already."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from benchmarks import place, profiled
from benchmarks.commands import Command, at_cluster, playbook, run
from benchmarks.figures import Figures, repeated
from benchmarks.peers import kubectl
from benchmarks.sample import Sample, text
from benchmarks.spans import profiled as run_profiled
from benchmarks.spans import seconds

COUNTS = (1, 10)
NOTE = "seconds inside the gate's task, requests included; Ansible's work for a task comes on top"


def gate() -> Figures:
    """Run the migrations once, then measure runs that skip all of them."""
    for count in COUNTS:
        sample = Sample(f"bench-gate-{count}")
        folder = place.write(sample)
        path = folder / "gate.yml"
        path.write_text(text(_play(sample.name, count)), "utf-8")
        place.remove([sample.name])
        run(at_cluster(kubectl(), "create", "namespace", sample.name))
        command = playbook(path, folder / "hosts.yml")
        names = [one["name"] for one in map(_migration, range(count))]
        run(playbook(path, folder / "hosts.yml", "-e", json.dumps({"allowed": names})))
        yield f"migration_gate_noop_{count}_s", repeated(partial(_seconds, command), note=NOTE)
        place.remove([sample.name])


def _seconds(command: Command) -> float:
    _ran, spans = run_profiled(command)
    return seconds(spans, profiled.OURS)


def _play(namespace: str, count: int) -> list[dict[str, Any]]:
    options = {
        "namespace": namespace,
        "kubeconfig": "{{ stack_kubeconfig }}",
        "context": "{{ stack_context }}",
        "migrations": [_migration(index) for index in range(count)],
        # The first run of all: a database that no claim belongs to is asked for by name.
        "rerun": "{{ allowed | default([]) }}",
    }
    task = {"name": "Migrate", "slipway.stack.migration_gate": options}
    return [{"hosts": "all", "gather_facts": False, "tasks": [task]}]


def _migration(index: int) -> dict[str, Any]:
    container = {
        "name": "migrate",
        "image": "debian:bookworm-slim",
        "imagePullPolicy": "IfNotPresent",
        "command": ["true"],
    }
    pod = {"spec": {"containers": [container]}}
    return {
        "name": f"migrate_{index}",
        "database": {"id": f"bench/db-{index}", "incarnation": "first"},
        "job": {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": pod}},
    }
