# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No pod starts before what it needs; the second run changes nothing."""

from __future__ import annotations

import json

import pytest

STACK = """
schema: stack/v1
name: order
images: {app: {repo: debian, tag: "bookworm-slim"}}
profiles:
  sleeper: {image: app, command: [sleep, "600"], security: {user: 1000}}
workloads:
  late: {extends: sleeper, needs: {boot: completed}}
  boot: {extends: sleeper, kind: Job, command: [sleep, "%(seconds)s"], needs: {first: ready}}
  first: {extends: sleeper}
  free: {extends: sleeper}
"""
PLAY = """
- hosts: all
  gather_facts: false
  vars:
    stack_file: "{{ inventory_dir }}/stack.yml"
    stack_env: {preset: local, namespace: %s, network: {policies: false}}
  roles: [slipway.stack.workloads]
"""


@pytest.fixture
def deploy(playbook, namespace):
    """Callable: deploys the stack; the Job sleeps for some seconds."""

    def run(seconds):
        (playbook.folder / "stack.yml").write_text(STACK % {"seconds": seconds})
        done = playbook(PLAY % namespace)
        assert done.returncode == 0, done.output
        return done

    return run


@pytest.mark.slow
def test_a_job_between_workloads(deploy, client, namespace):
    def of(kind, group="api/v1"):
        items = client.request("GET", f"/{group}/namespaces/{namespace}/{kind}")["items"]
        return {one["metadata"]["labels"]["app.kubernetes.io/name"]: one for one in items}

    deploy(3)
    (job,) = of("jobs", "apis/batch/v1").values()
    made = {name: pod["metadata"]["creationTimestamp"] for name, pod in of("pods").items()}
    ready = {
        one["type"]: one["lastTransitionTime"]
        for one in of("pods")["first"]["status"]["conditions"]
    }["Ready"]
    assert made["free"] <= ready <= made["boot"] <= job["status"]["completionTime"] <= made["late"]

    again = deploy(3)
    assert again.stats["changed"] == 0, json.dumps(again.tasks)

    deploy(2)
    (other,) = of("jobs", "apis/batch/v1").values()
    assert other["metadata"]["name"] != job["metadata"]["name"]
    assert other["status"]["succeeded"] == 1
