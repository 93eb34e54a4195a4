# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second roll-out over the first: old deadlines, partitions, broken pods, swept Jobs."""

from __future__ import annotations

import pytest

from tests.integration.health.faults import deployment, job, probed
from tests.integration.health.test_kinds import stateful_set

pytestmark = pytest.mark.slow  # two minutes together

QUICK = {"exec": {"command": ["true"]}, "periodSeconds": 1}


def with_deadline(obj, seconds):
    obj["spec"]["progressDeadlineSeconds"] = seconds
    return obj


def test_the_deadline_of_an_earlier_roll_out_proves_nothing(bench):
    first = bench.wait(bench.apply(with_deadline(probed("/nowhere"), 5)), timeout=60.0)
    assert first.last["reason"] == "ProgressDeadlineExceeded", first.seen
    assert "no progress within its progress deadline" in first.result["msg"]
    assert "exec test -e /nowhere" in first.result["msg"]
    second = bench.wait(bench.apply(with_deadline(deployment({"readinessProbe": QUICK}), 30)))
    assert second.result["failed"] is False, second.seen
    assert not any("progress deadline" in line for line in second.lines), second.seen


def test_a_partition_is_as_far_as_it_goes(bench):
    ordered = {"replicas": 2, "podManagementPolicy": "Parallel"}
    bench.wait(bench.apply(stateful_set(**ordered)))
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    changed = stateful_set(command=["sleep", "4000"], updateStrategy=strategy, **ordered)
    outcome = bench.wait(bench.apply(changed))
    assert outcome.result["failed"] is False, outcome.seen
    assert outcome.last["message"] == "2/2 ready, 1 updated (partition 1)"


def test_a_broken_pod_that_a_stateful_set_does_not_replace(bench):
    """Control: with the policy that datastores have, the right template mends it by itself."""
    bench.wait(bench.apply(stateful_set(command=["false"])), timeout=90.0)
    right = bench.apply(stateful_set())
    stuck = bench.wait(right, timeout=90.0)
    assert stuck.last["reason"] == "CrashLoop", stuck.seen
    assert "pod db-0: it exits with code 1" in stuck.last["message"]
    assert "delete the pod, its volume stays" in stuck.last["message"]
    bench.delete({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db-0"}})
    mended = bench.wait(right, timeout=90.0)
    assert mended.last["status"] == "ready", mended.seen


def test_control_in_parallel_the_right_template_mends_it(bench):
    policy = {"podManagementPolicy": "Parallel"}
    wrong = bench.wait(bench.apply(stateful_set(command=["false"], **policy)), timeout=90.0)
    assert wrong.last["reason"] == "CrashLoop", wrong.seen
    mended = bench.wait(bench.apply(stateful_set(**policy)), timeout=90.0)
    assert mended.last["status"] == "ready", mended.seen


def test_a_job_that_is_swept_away_once_it_is_done(bench):
    swept = bench.apply(job("sleep 1", ttlSecondsAfterFinished=0))
    slow = {"exec": {"command": ["true"]}, "periodSeconds": 1, "initialDelaySeconds": 8}
    outcome = bench.wait(swept, bench.apply(deployment({"readinessProbe": slow})))
    assert outcome.result["failed"] is False, outcome.seen
    assert any("complete" in line for line in outcome.lines), outcome.seen


def test_a_share_is_enough(bench):
    """Two of three pods want a node to themselves: one of three is what a third is."""
    obj = deployment({"readinessProbe": QUICK})
    obj["spec"]["replicas"] = 3
    rule = {"labelSelector": {"matchLabels": {"app": "api"}}, "topologyKey": "kubernetes.io/os"}
    spread = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [rule]}}
    obj["spec"]["template"]["spec"]["affinity"] = spread
    outcome = bench.wait(bench.apply(obj), partial="33%", timeout=60.0)
    assert outcome.result["failed"] is False, outcome.seen
    assert "1/3 ready, which is enough" in outcome.seen


def test_the_roll_out_is_drawn(bench, tmp_path):
    path = tmp_path / "roll-out.html"
    outcome = bench.wait(bench.apply(deployment({"readinessProbe": QUICK})), timeline=str(path))
    assert outcome.result["failed"] is False, outcome.seen
    assert "Roll-out: all 1 ready after" in path.read_text()
