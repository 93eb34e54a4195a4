# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted cluster in scripted time, for tests of the wait: no network, no sleeping."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import Collection
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.health.wait import Wait
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import (
    Change,
    Listing,
    WatchEvent,
)

START = 1_000_000.0


class Time:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Cluster:
    """A feed: `lists` is what is there at first, `script` what happens: (second, event)."""

    def __init__(self, time, lists, script=()):
        self.time = time
        self.lists = lists
        self.script = sorted(script, key=lambda entry: entry[0])
        self.read_kinds = []
        self.followed = []

    def read(self, collections):
        found = {}
        for one in sorted(collections):
            self.read_kinds.append(one.kind)
            listed = self.lists.get(one.kind, [])
            found[one] = listed if isinstance(listed, Exception) else Listing(tuple(listed), "1")
        return found

    def follow(self, collection, begin):
        self.followed.append(collection.kind)

    def next(self, timeout_s):
        until = self.time.now + timeout_s
        if self.script and START + self.script[0][0] <= until:
            second, event = self.script.pop(0)
            self.time.now = max(self.time.now, START + second)
            return [event]
        self.time.now = until
        return []


class Everything:
    """A discovery that serves every kind."""

    CLUSTER_SCOPED = ("StorageClass", "IngressClass", "Namespace")

    def knows(self, api_version, kind):
        return True

    def namespaced(self, api_version, kind):
        return kind not in self.CLUSTER_SCOPED


def deployment(name="api", ready=0, **meta):
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "generation": 1, **meta},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}},
        "status": {
            "observedGeneration": 1,
            "replicas": 1,
            "updatedReplicas": 1,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": [{"type": "Available", "status": str(bool(ready))}],
        },
    }


def pod(state, restarts=0, name="api-1"):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "ownerReferences": OWNED},
        "spec": {"nodeName": "n", "containers": [{"name": "api", "image": "shop:9"}]},
        "status": {
            "phase": "Pending",
            "containerStatuses": [{"name": "api", "restartCount": restarts, "state": state}],
        },
    }


OWNED = [{"kind": "ReplicaSet", "name": "api-1", "uid": "rs"}]
REPLICA_SET = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {
        "name": "api-1",
        "namespace": "shop",
        "uid": "rs",
        "ownerReferences": [{"kind": "Deployment", "name": "api", "uid": "api"}],
    },
}
NOT_FOUND = {"waiting": {"reason": "ErrImagePull", "message": "shop:9: not found"}}


def change(kind, obj):
    home = Collection(obj["apiVersion"], obj["kind"], "shop")
    return (home, WatchEvent(Change[kind], object=obj))


class Run:
    """One wait: its end, lines, seconds and board."""

    def __init__(
        self, lists, script=(), *, wanted=(), timeout=300, stable_for=0, check=False, options=None
    ):
        self.time = Time()
        self.cluster = Cluster(self.time, lists, script)
        self.lines = []
        wanted = wanted or [Target(Ref("apps/v1", "Deployment", "shop", "api"), Applied())]
        self.wait = Wait(
            list(wanted),
            self.cluster,
            Everything(),
            report=self.lines.append,
            clock=self.time,
            options=options,
        )
        self.end = self.wait.until_settled(timeout, stable_for, check=check)
        self.seconds = self.time.now - START

    @property
    def verdict(self):
        return self.wait.board.entries[0].verdict
