# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is fetched after a failure, and that no secret is in it."""

from __future__ import annotations

import base64

from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board
from ansible_collections.slipway.stack.plugins.module_utils.health.details import (
    collect,
    deduplicated,
    secret_names,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied
from ansible_collections.slipway.stack.plugins.module_utils.health.needs import Collection
from ansible_collections.slipway.stack.plugins.module_utils.health.options import Options
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref
from ansible_collections.slipway.stack.plugins.module_utils.kube.watch import Change, WatchEvent

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "api", "namespace": "shop", "uid": "p"},
    "spec": {
        "containers": [
            {
                "name": "api",
                "image": "shop",
                "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "p"}}}],
                "envFrom": [{"secretRef": {"name": "auth"}}, {"configMapRef": {"name": "common"}}],
            }
        ],
        "initContainers": [{"name": "wait", "envFrom": [{"secretRef": {"name": "first"}}]}],
        "volumes": [
            {"secret": {"secretName": "tls"}},
            {"projected": {"sources": [{"secret": {"name": "mixed"}}]}},
        ],
    },
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "api",
                "restartCount": 3,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
            }
        ],
    },
}


def event(message, reason="BackOff", kind="Warning", at="2026-11-22T12:00:00Z", count=1):
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{reason}{at}", "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "name": "api", "uid": "p"},
        "type": kind,
        "reason": reason,
        "message": message,
        "lastTimestamp": at,
        "count": count,
    }


class Client:
    """Has the Secret db; refuses auth; knows no others. Logs have a secret in them."""

    def __init__(self):
        self.asked = []

    def request(self, method, path):
        self.asked.append(path)
        if path.endswith("/db"):
            values = {"p": b"hunter2hunter2", "username": b"table"}
            return {"data": {key: base64.b64encode(one).decode() for key, one in values.items()}}
        raise ApiError(403, "Forbidden", "cannot get secrets", {})

    def text(self, path, *, query):
        self.asked.append(f"{path} {query['container']} previous={query['previous']}")
        return "using hunter2hunter2\nTOKEN=abcdefgh\nfatal: no table\n"


CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "of-another", "namespace": "shop", "uid": "c"},
}


def board_of(*events):
    store = Store()
    claims = Collection("v1", "PersistentVolumeClaim", "shop")
    store.update(claims, WatchEvent(Change.LISTED, objects=(CLAIM,)))
    store.update(Collection("v1", "Pod", "shop"), WatchEvent(Change.LISTED, objects=(POD,)))
    store.update(Collection("v1", "Event", "shop"), WatchEvent(Change.LISTED, objects=events))
    board = Board([Target(Ref("v1", "Pod", "shop", "api"), Applied())], store)
    board.judge_all(0.0)
    return board, store


def details_of(*events, **options):
    board, store = board_of(*events)
    client = Client()
    found = collect(client, board, store, Options(**options))
    return found[board.entries[0].target.ref], client


def test_logs_of_the_failed_container_hold_no_secret():
    details, client = details_of()
    assert [log.previous for log in details.logs] == [True]
    assert details.logs[0].text == "using ********\nTOKEN=********\nfatal: no table\n"
    assert "/api/v1/namespaces/shop/pods/api/log api previous=True" in client.asked


def test_events_hold_no_secret():
    details, _client = details_of(event("login with hunter2hunter2 failed"))
    assert details.events[0].message == "login with ******** failed"


def test_the_timeline_holds_no_secret():
    board, store = board_of()
    first = board.timeline[0]
    told = first.verdict._replace(message="it says hunter2hunter2")
    board.timeline[0] = first._replace(verdict=told)
    collect(Client(), board, store)
    assert board.timeline[0].verdict.message == "it says ********"


def test_events_about_the_claims_of_others_are_left_out():
    other = event("no such class", reason="ProvisioningFailed")
    other["involvedObject"] = {"kind": "PersistentVolumeClaim", "name": "of-another", "uid": "c"}
    details, _client = details_of(other, event("Back-off api"))
    assert [one.reason for one in details.events] == ["BackOff"]


def test_how_much_is_told_may_be_chosen():
    details, client = details_of(event("a"), event("b", reason="Failed"), log_lines=0, events=1)
    assert len(details.events) == 1
    assert details.logs == ()
    assert not any("/log" in path for path in client.asked)


def test_each_referenced_secret_is_read_once():
    _details, client = details_of()
    secrets = [path.rpartition("/")[2] for path in client.asked if "/secrets/" in path]
    assert secrets == ["auth", "db", "first", "mixed", "tls"]
    assert secrets == secret_names(POD)


def test_events_are_counted_together_and_normal_ones_left_out():
    found = deduplicated(
        [
            event("Back-off api", at="2026-11-22T12:00:09Z", count=4),
            event("Back-off api", at="2026-11-22T12:00:01Z", count=2),
            event("pulled", reason="Pulled", kind="Normal"),
            event("no such table", reason="Unhealthy", at="2026-11-22T12:00:05Z"),
        ]
    )
    assert [(one.reason, one.count) for one in found] == [("Unhealthy", 1), ("BackOff", 6)]
