# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens while a wait goes on: deletion, migration markers, an API server that is away."""

from __future__ import annotations

import threading
import time

from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client

from tests.integration.health.faults import deployment, from_map, named, probed, service
from tests.integration.health.proxy import Proxy

QUICK = {"exec": {"command": ["true"]}, "periodSeconds": 1}


def later(seconds, action):
    thread = threading.Timer(seconds, action)
    thread.start()
    return thread


def test_what_is_ready_takes_one_request_for_each_kind(bench, monkeypatch):
    entries = [bench.apply(deployment({"readinessProbe": QUICK})), bench.apply(service("api"))]
    assert bench.wait(*entries).result["failed"] is False
    asked = []
    send = Client._send
    monkeypatch.setattr(
        Client,
        "_send",
        lambda self, *args, **named: asked.append(args[1]) or send(self, *args, **named),
    )
    again = bench.wait(*entries)
    assert [line.partition("s  ")[2] for line in again.lines] == ["all 2 ready at the first look"]
    lists = sorted(path.rpartition("/")[2] for path in asked if path not in ("/api", "/apis"))
    assert lists == ["deployments", "endpointslices", "services", "statefulsets"]


def test_deleted_while_waiting(bench):
    obj = probed("/nowhere")
    entry = bench.apply(obj)
    timer = later(2, lambda: bench.delete(obj))
    outcome = bench.wait(entry)
    timer.join()
    assert outcome.last["reason"] == "Deleted", outcome.seen
    assert "somebody deleted it while it was waited for" in outcome.result["msg"]
    assert outcome.seconds < 20


def test_replaced_after_the_apply(bench):
    obj = deployment({})
    entry = bench.apply(obj)
    bench.delete(obj)
    time.sleep(1)
    bench.apply(obj)
    outcome = bench.wait(entry)
    assert outcome.last["reason"] == "Replaced", outcome.seen


def test_a_pod_waits_for_its_migration_and_starts_when_it_has_passed(bench):
    marker = named("ConfigMap", "mg-shop-0123456789ab", data={"passed": "yes"}, immutable=True)
    gate = from_map("mg-shop-0123456789ab", "passed")
    entry = bench.apply(deployment({"env": gate}))
    timer = later(25, lambda: bench.apply(marker))  # longer than a missing ConfigMap may last
    outcome = bench.wait(entry, timeout=90.0)
    timer.join()
    assert outcome.result["failed"] is False, outcome.seen
    assert any(" WaitingForMigration: " in one for one in outcome.result["timeline"])
    assert any("waiting for the migration marker mg-shop-0123456789ab" in x for x in outcome.lines)


def test_only_the_new_revision_is_judged(bench):
    """An old revision that crashes does not make the new one fail."""
    bench.apply(deployment({"command": ["sh", "-c", "exit 1"]}))
    time.sleep(4)
    outcome = bench.wait(bench.apply(deployment({"readinessProbe": QUICK})))
    assert outcome.result["failed"] is False, outcome.seen


def test_check_mode_looks_once_and_changes_nothing(bench):
    entry = bench.apply(probed("/nowhere"))
    outcome = bench.wait(entry, check=True)
    assert outcome.result["failed"] is False
    assert outcome.result["changed"] is False
    assert outcome.result["msg"].startswith("0 of 1 ready now; not ready: Deployment")
    assert outcome.seconds < 5


def test_an_api_server_that_is_away_and_cuts_connections(bench, client):
    """Connections are cut every second, and for eight seconds none is taken."""
    with Proxy(client) as proxy:
        entry = bench.apply(probed("/tmp/ready"))
        timers = [later(second, proxy.cut) for second in range(1, 6)]
        timers += [later(6, proxy.refuse), later(14, proxy.accept)]
        timers.append(later(16, lambda: bench.apply(deployment({"readinessProbe": QUICK}))))
        outcome = bench.wait(entry, host=proxy.address, timeout=60.0)
        for timer in timers:
            timer.join()
    assert outcome.result["failed"] is False, outcome.seen
    assert outcome.seconds > 14
