# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppHub from nothing, in a namespace of its own: two of each API, late databases, no ingress.

One deployment serves all three criteria. It asks for no CPU, so that it fits beside the others.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.live.deployed import KUBECTL, Deployed
from tests.acceptance.live.inside import restarts
from tests.e2e.running import ROOT
from tests.e2e.seeing import KUBECONFIG
from tests.e2e.shop_client import ShopClient

APIS = ("catalog-api", "metastore", "filestore", "timestore")
DATASTORES = ("apphub-db", "queue")
LATE_S = 60
FORWARD = re.compile(r"kubectl -n apphub-system port-forward (service/\S+) \d+:(\d+) &")
Object = dict[str, Any]


@pytest.fixture(scope="module")
def fresh(apphub: Deployed) -> Iterator[Deployed]:
    """Deploy it; what two tests look at afterwards is what happened meanwhile."""
    system = Deployed("apphub", apphub.client, f"apphub-{secrets.token_hex(4)}")
    two = {name.replace("-", "_"): {"scale": {"replicas": 2}} for name in APIS}
    try:
        system.site(
            ingress={"driver": "none"},
            sizes={size: {"requests": {"cpu": "1m"}} for size in ("small", "medium", "large")},
            workloads=two,
            patches=[_late(apphub, name) for name in DATASTORES],
        ).succeeded()
        yield system
    finally:
        system.kubectl("delete", "namespace", system.namespace, "--wait=false")


def test_ah_15_two_of_each_api_start_together(fresh: Deployed) -> None:
    """`migrations`: with style none for the filestore, one of its two replicas dies."""
    for name in APIS:
        pods = fresh.pods(name)
        started = [_started(pod) for pod in pods]
        assert len(started) == 2, name
        assert max(started) - min(started) < timedelta(seconds=15), name
        for pod in pods:
            log = fresh.kubectl("logs", pod["metadata"]["name"])
            assert "migration failed" not in log
            assert "applied" not in log, "its migration had run before it started"
    assert not _restarted(fresh)


def test_ah_16_workers_wait_for_late_databases(fresh: Deployed) -> None:
    """The phase `infra` waits until databases are ready: workers that find none would exit."""
    databases = [pod for name in DATASTORES for pod in fresh.pods(name)]
    for pod in databases:
        assert _ready(pod) - _time(pod["metadata"]["creationTimestamp"]) >= timedelta(
            seconds=LATE_S
        )
    workers = [pod for pod in fresh.list("Pod") if _is_worker(pod)]
    assert len(workers) == 13 + 2 * len(APIS)
    assert min(map(_started, workers)) > max(map(_ready, databases))
    assert not _restarted(fresh)


def test_ah_18_without_ingress_the_documented_port_forwards_work(fresh: Deployed) -> None:
    """`ingress.driver: none`: nothing is routed, and the commands of docs/deployment.md lead in."""
    assert not fresh.list("HTTPRoute")
    commands = FORWARD.findall((ROOT / "docs" / "deployment.md").read_text())
    paths = {"catalog-api": "/services", "frontend": "/", "metastore": "/healthz"}
    assert [service.removeprefix("service/") for service, _ in commands] == list(paths)
    for (service, port), path in zip(commands, paths.values(), strict=True):
        with _forwarded(fresh, service, port) as url:
            ShopClient(url).request("GET", path).expect(200)


def _late(apphub: Deployed, name: str) -> Object:
    """Return a patch: the datastore begins a minute after its pod, as behind a slow volume."""
    main = apphub.get("StatefulSet", name)["spec"]["template"]["spec"]["containers"][0]
    same = {key: main[key] for key in ("image", "resources", "securityContext")}
    waiting = {"name": "late", "command": ["sleep", str(LATE_S)], **same}
    return {
        "target": {"kind": "StatefulSet", "name": name},
        "reason": "the test delays it",
        "merge": {"spec": {"template": {"spec": {"initContainers": [waiting]}}}},
    }


def _restarted(system: Deployed) -> list[str]:
    return [name for name, (_, count) in restarts(system).items() if count]


def _is_worker(pod: Object) -> bool:
    return bool(pod["metadata"]["labels"].get("app.kubernetes.io/component") == "workload")


def _started(pod: Object) -> datetime:
    state = pod["status"]["containerStatuses"][0]["state"]
    return _time(state["running"]["startedAt"])


def _ready(pod: Object) -> datetime:
    found = {one["type"]: one for one in pod["status"]["conditions"]}
    return _time(found["Ready"]["lastTransitionTime"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@contextmanager
def _forwarded(system: Deployed, service: str, port: str) -> Iterator[str]:
    """Run kubectl port-forward for a while; the URL that it listens on."""
    where = ["--kubeconfig", str(KUBECONFIG), "-n", system.namespace]
    command = [str(KUBECTL), *where, "port-forward", service, f":{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            told = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:\d+", told)
            assert found, told
            yield f"http://{found[0]}"
        finally:
            process.terminate()
