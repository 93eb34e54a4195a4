# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster over its life: up, up again, killed, rebooted, down; on a machine beside this one.

The tests follow each other. A pod writes a line into its volume whenever its container starts;
that file is how it is told that the volume was kept, and the pod only restarted.
"""

from __future__ import annotations

import json
import os
import platform
import time

import pytest

from cluster.paths import runtime
from tests.integration.cluster.machine import Machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or platform.freedesktop_os_release()["ID"] != "debian",
        reason="starts an engine of its own, which needs root on Debian",
    ),
]

DIARY = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: diary}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: diary}
spec:
  containers:
    - name: writer
      image: docker.io/envoyproxy/envoy:v1.38.3 # there with the Gateway; it has a shell
      command: [sh, -c, "date >> /diary/starts; exec sleep 100000"]
      volumeMounts: [{name: diary, mountPath: /diary}]
  volumes: [{name: diary, persistentVolumeClaim: {claimName: diary}}]
"""


@pytest.fixture(scope="module")
def machine(checkout):
    machine = Machine()
    machine.check_out(checkout)
    machine.boot()
    yield machine
    machine.discard()


@pytest.fixture(scope="module")
def before(machine):
    """What is on the machine before the first `up`."""
    return machine.traces()


def node_started(machine) -> str:
    """When the node's container started."""
    docker = ["docker", "-H", f"unix://{runtime(machine.root)}/docker.sock"]
    return machine.run(*docker, "inspect", "-f", "{{.State.StartedAt}}", "slipway-control-plane")


def diary_starts(machine) -> int:
    """How often the diary's container started, as its volume tells."""
    return len(machine.kubectl("exec", "diary", "--", "cat", "/diary/starts").splitlines())


def diary_uid(machine) -> str:
    return json.loads(machine.kubectl("get", "pod", "diary", "-o", "json"))["metadata"]["uid"]


def test_up_brings_a_cluster_and_its_gateway(machine, before):
    assert "gateway: http://" in machine.cluster("up")
    assert machine.cluster("status").count(": ok") == 4
    assert machine.traces() != before  # else the look after `down` would prove nothing


def test_up_twice_is_a_no_op(machine):
    started = node_started(machine)
    start = time.monotonic()
    assert "nothing to do" in machine.cluster("up")
    assert time.monotonic() - start < 10  # 1 s on an idle machine
    assert node_started(machine) == started


def test_a_killed_engine_is_repaired_under_running_pods(machine):
    (machine.root / "diary.yml").write_text(DIARY)
    machine.kubectl("apply", "-f", "diary.yml")
    machine.kubectl("wait", "--for=condition=Ready", "pod/diary", "--timeout=120s")
    uid = diary_uid(machine)
    machine.run("sh", "-c", "kill -9 $(cat .cluster/dockerd.pid)")
    assert "starting the Docker engine" in machine.cluster("up")
    assert diary_uid(machine) == uid
    assert diary_starts(machine) == 1


def test_a_killed_containerd_is_repaired(machine):
    machine.run("sh", "-c", f"kill -9 $(cat {runtime(machine.root)}/containerd/containerd.pid)")
    machine.cluster("up")
    assert diary_starts(machine) == 1


def test_a_reboot_is_repaired_keeping_workloads_and_volumes(machine):
    uid = diary_uid(machine)
    machine.crash()
    machine.boot()
    machine.cluster("up")
    machine.kubectl("wait", "--for=condition=Ready", "pod/diary", "--timeout=120s")
    assert diary_uid(machine) == uid
    assert diary_starts(machine) == 2
    assert machine.cluster("status").count(": ok") == 4


def test_down_leaves_nothing(machine, before):
    machine.cluster("down")
    assert machine.traces() == before
    assert [path.name for path in (machine.root / ".cluster").iterdir()] == ["log"]
    assert "nothing to do" in machine.cluster("down")
