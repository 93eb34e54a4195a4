# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods without a node: an autoscaler's word, an eviction, a node that is lost."""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from datetime import UTC, datetime

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.health.faults import IMAGE, SLEEP, deployment, named, probed
from tests.integration.health.test_kinds import stateful_set
from tests.kill.ghost import LOST, TAINT, Ghost

pytestmark = pytest.mark.slow  # five minutes together

LABEL = "slipway-test/new-node"
QUICK = {"exec": {"command": ["true"]}, "periodSeconds": 1}
MERGE = "application/merge-patch+json"


@pytest.fixture
def beside(bench):
    """Callable: wait for an entry while `meanwhile()` happens."""

    def run(entry, meanwhile, **options):
        thread = threading.Thread(target=meanwhile)
        thread.start()
        try:
            return bench.wait(entry, **options)
        finally:
            thread.join()

    return run


@pytest.fixture
def pods(bench, eventually):
    """Callable: the pods of the namespace, at least one."""
    path = f"/api/v1/namespaces/{bench.namespace}/pods"
    return lambda: eventually(lambda: bench.client.request("GET", path)["items"])


@pytest.fixture
def autoscaler(bench, pods):
    """Callable: say of the pod what the cluster autoscaler says, with its reason."""

    def say(reason, message):
        (pod,) = pods()
        meta, now = pod["metadata"], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        about = {"kind": "Pod", "namespace": bench.namespace}
        about |= {"name": meta["name"], "uid": meta["uid"]}
        event = {
            **named("Event", f"{meta['name']}.{secrets.token_hex(4)}"),
            "involvedObject": about,
            "source": {"component": "cluster-autoscaler"},
            "reason": reason,
            "message": message,
            "type": "Normal",
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
        }
        bench.client.request("POST", f"/api/v1/namespaces/{bench.namespace}/events", body=event)

    return say


@pytest.fixture
def new_node(client):
    """Callable: give a node the label that the pods ask for; taken away afterwards."""
    path = f"/api/v1/nodes/{_that_takes_pods(client)}"

    def label(value):
        body = {"metadata": {"labels": {LABEL: value}}}
        client.request("PATCH", path, body=body, content_type=MERGE)

    yield label
    label(None)


def _that_takes_pods(client):
    nodes = client.request("GET", "/api/v1/nodes")["items"]
    return next(one["metadata"]["name"] for one in nodes if not one["spec"].get("taints"))


def homeless(value):
    return deployment({"readinessProbe": QUICK}, nodeSelector={LABEL: value})


def test_a_node_that_an_autoscaler_makes_is_waited_for(bench, beside, autoscaler, new_node):
    value = bench.namespace

    def scaled_up():
        autoscaler("TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 3)}]")
        threading.Event().wait(75)  # longer than a pod may be without a node
        new_node(value)

    outcome = beside(bench.apply(homeless(value)), scaled_up, timeout=120.0)
    assert outcome.result["failed"] is False, outcome.seen
    assert "waiting for a new node: 0/" in outcome.seen
    assert outcome.seconds > 75


def test_an_autoscaler_that_makes_none_is_told(bench, beside, autoscaler):
    """The control: the same pod, and an autoscaler that tried and gave up."""

    def given_up():
        autoscaler("TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 2)}]")
        threading.Event().wait(5)
        autoscaler(
            "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached"
        )

    outcome = beside(bench.apply(homeless(bench.namespace)), given_up, timeout=120.0)
    assert outcome.last["reason"] == "Unschedulable", outcome.seen
    assert outcome.last["status"] == "failed", outcome.seen
    assert "the autoscaler adds none: pod didn't trigger scale-up: 1 max" in outcome.result["msg"]
    assert 55 < outcome.seconds < 80


def test_an_evicted_pod_of_a_deployment_is_replaced(bench, beside, pods):
    probe = QUICK | {"initialDelaySeconds": 6}
    outcome = beside(
        bench.apply(deployment({"readinessProbe": probe})), lambda: evict(bench, pods())
    )
    assert outcome.result["failed"] is False, outcome.seen
    assert outcome.seconds > 6


def test_an_evicted_pod_of_nobody_is_missed(bench, beside, pods):
    """The control: nothing replaces it."""
    container = {"name": "api", "image": IMAGE, "command": SLEEP}
    container |= {"readinessProbe": QUICK | {"initialDelaySeconds": 30}}
    alone = {"containers": [container], "terminationGracePeriodSeconds": 0}
    entry = bench.apply(named("Pod", "alone", spec=alone))
    outcome = beside(entry, lambda: evict(bench, pods()))
    assert outcome.last["reason"] == "Deleted", outcome.seen
    assert outcome.seconds < 25


def test_what_the_kubelet_throws_out_is_told(bench):
    """Its successors write as much, so only the deadline ends it."""
    container = {"command": ["sh", "-c", "head -c 9M /dev/zero > /cache/all; sleep 3600"]}
    container |= {"volumeMounts": [{"name": "cache", "mountPath": "/cache"}]}
    container |= {"readinessProbe": QUICK | {"initialDelaySeconds": 100}}
    volume = {"name": "cache", "emptyDir": {"sizeLimit": "1Mi"}}
    outcome = bench.wait(bench.apply(deployment(container, volumes=[volume])), timeout=60.0)
    assert outcome.last["status"] == "progressing", outcome.seen
    told = r'pod api-\S+ was evicted: Usage of EmptyDir volume "cache" exceeds the limit "1Mi"'
    assert re.search(told, outcome.seen), outcome.seen


def evict(bench, pods):
    threading.Event().wait(2)
    name = pods[0]["metadata"]["name"]
    body = named("Eviction", name) | {"apiVersion": "policy/v1"}
    path = f"/api/v1/namespaces/{bench.namespace}/pods/{name}/eviction"
    bench.client.request("POST", path, body=body)


@pytest.fixture
def ghost(client, eventually):
    """A node without a kubelet that has room for a pod; deleted afterwards."""
    node = Ghost(client)
    room = {"cpu": "1", "memory": "1Gi", "pods": "9"}
    path = f"/api/v1/nodes/{node.name}/status"
    body = {"status": {"capacity": room, "allocatable": room}}
    client.request("PATCH", path, body=body, content_type=MERGE)
    eventually(lambda: client.request("GET", path)["spec"]["taints"] == [TAINT])
    yield node
    with contextlib.suppress(ApiError):
        node.delete()


def rather_on(ghost, obj, **leaving):
    """The workload, with pods that prefer this node, and leave it when it is lost."""
    where = {"key": "metadata.name", "operator": "In", "values": [ghost.name]}
    choice = [{"weight": 100, "preference": {"matchFields": [where]}}]
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": choice}}
    stays = {"operator": "Exists", "effect": "NoExecute", **leaving}
    tolerations = [{"key": TAINT["key"], "operator": "Exists"}]
    tolerations += [stays | {"key": key} for key in LOST]
    obj["spec"]["template"]["spec"] |= {"affinity": affinity, "tolerations": tolerations}
    return obj


def runs_on(ghost, pods):
    """The node says that the pod runs; it is not ready yet."""
    (pod,) = pods()
    while not pod["spec"].get("nodeName"):
        (pod,) = pods()
    assert pod["spec"]["nodeName"] == ghost.name
    ghost.run(pod)
    return pod


def test_a_pod_on_a_lost_node_is_made_elsewhere(bench, beside, ghost, pods):
    obj = rather_on(ghost, probed("/etc"), tolerationSeconds=5)
    outcome = beside(bench.apply(obj), lambda: runs_on(ghost, pods), timeout=240.0)
    assert outcome.result["failed"] is False, outcome.seen
    assert ghost.lost()
    assert "FAILED" not in outcome.seen


def test_a_lost_node_that_holds_a_pod_is_named(bench, beside, ghost, pods, eventually):
    """The control: a StatefulSet makes no other pod until this one is known to be gone."""
    obj = rather_on(ghost, stateful_set(volumeClaimTemplates=[]), tolerationSeconds=20)
    pod = obj["spec"]["template"]["spec"]
    del pod["containers"][0]["volumeMounts"]
    pod["terminationGracePeriodSeconds"] = 30  # at 0 it would be taken for gone at once
    entry = bench.apply(obj)
    before = beside(entry, lambda: is_ready(bench, runs_on(ghost, pods)))
    assert before.result["failed"] is False, before.seen

    eventually(ghost.lost, within_s=120)
    after = bench.wait(entry, timeout=60.0)
    assert after.last["status"] == "progressing", after.seen
    assert f"0/1 ready (its node {ghost.name} does not answer)" in after.seen
    assert "ending: Taint manager: deleting due to NoExecute taint" in after.result["msg"]


def is_ready(bench, pod):
    condition = {"type": "Ready", "status": "True"}
    path = f"/api/v1/namespaces/{bench.namespace}/pods/{pod['metadata']['name']}/status"
    kind = "application/strategic-merge-patch+json"
    body = {"status": {"conditions": [condition]}}
    bench.client.request("PATCH", path, body=body, content_type=kind)
