# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppHub on the kind cluster: health, routes, outages, and two of what may be two.

Each docstring names the feature without which its test fails.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.acceptance.live.deployed import Deployed, eventually
from tests.acceptance.live.inside import ask, restarts, sql, status
from tests.e2e.shop_client import ShopClient

CATALOG = "http://api.apphub.localhost:8080"
FRONTEND = "http://apphub.localhost:8080"
HEALTH = {
    "catalog-api:4000": ["/health"],
    "metastore:4100": ["/healthz", "/readyz"],
    "filestore:4300": ["/healthz", "/readyz"],
    "timestore:4100": ["/health", "/ready"],
    "frontend:80": ["/healthz"],
}
STORES = ("metastore", "filestore", "timestore")
# Whose is each advisory lock: the address of the pod.
HOLDERS = """
select host(client_addr) from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and granted
"""


@pytest.fixture(scope="module", autouse=True)
def as_deployed(apphub: Deployed) -> Iterator[None]:
    """`kubectl scale` takes the number of pods over; at the end a deployment takes it back."""
    yield
    apphub.site().succeeded()


def test_ah_3_everything_is_available(apphub: Deployed) -> None:
    """All phases of site.yml: what one of them leaves out is not there, or not available."""
    deployments = [one["metadata"]["name"] for one in apphub.list("Deployment")]
    assert len(deployments) == 17
    assert not [name for name in deployments if not apphub.ready("Deployment", name)]
    for stateful in apphub.list("StatefulSet"):
        assert apphub.ready("StatefulSet", stateful["metadata"]["name"])
    jobs = apphub.list("Job")
    assert len(jobs) >= 5
    for job in jobs:
        assert job["status"].get("succeeded") == 1, job["metadata"]["name"]


@pytest.mark.parametrize("service", HEALTH)
def test_ah_4_health_paths_answer(apphub: Deployed, service: str) -> None:
    """`ports` and `health`: the Services lead to the ports that the parts really listen on."""
    for path in HEALTH[service]:
        assert status(apphub, f"services/{service}", path) == 200, path


@pytest.mark.parametrize("datastore", ["queue", "apphub-db"])
def test_ah_5_stores_are_unready_without_a_datastore(apphub: Deployed, datastore: str) -> None:
    """`health.ready`, and liveness that asks nobody else: no pod is restarted by an outage."""
    before = restarts(apphub, f"{datastore}-0")
    with apphub.outage(datastore):
        for name in STORES:
            eventually(lambda name=name: _none_ready(apphub, name), f"{name} is not ready")
        assert apphub.ready("Deployment", "catalog-api")
    for name in STORES:
        eventually(lambda name=name: apphub.ready("Deployment", name), f"{name} is ready again")
    assert restarts(apphub, f"{datastore}-0") == before


def test_ah_8_replicas_of_the_catalog_share_services(apphub: Deployed) -> None:
    """`${apphub_db.url}`: a replica with a database of its own would know only its services."""
    slug = f"acceptance-{secrets.token_hex(4)}"
    with apphub.scaled("Deployment", "catalog-api", 2):
        one, other = (pod["metadata"]["name"] for pod in apphub.pods("catalog-api"))
        given = {"slug": slug, "baseUrl": "http://acceptance:1"}
        try:
            assert ask(apphub, f"pods/{one}:4000", "/services", given)["pod"] == one
            found = ask(apphub, f"pods/{other}:4000", "/services")["data"]
            assert {"slug": slug, "base_url": given["baseUrl"], "pod": one} in found
        finally:
            sql(apphub, "apphub-db", "apphub", f"delete from services where slug = '{slug}'")


def test_ah_9_one_scheduler_plans_and_another_takes_over(apphub: Deployed) -> None:
    """`config` WORKFLOW_SCHEDULER_ADVISORY_LOCKS: without it nobody holds a lock, and both plan."""
    with apphub.scaled("Deployment", "catalog-workflow", 2):
        addresses = {
            pod["status"]["podIP"]: pod["metadata"]["name"]
            for pod in apphub.pods("catalog-workflow")
        }
        holder = _holder(apphub)
        eventually(lambda: _planner(apphub) == addresses[holder], "the holder plans")
        apphub.kubectl("delete", "pod", addresses[holder], "--grace-period=1", "--wait=false")
        eventually(lambda: _holder(apphub) != holder, "another one holds the lock", 30)
        heir = _holder(apphub)
        eventually(lambda: _planner(apphub) in _names(apphub, heir), "the heir plans")
        assert not any(count for _, count in restarts(apphub).values())


def test_ah_18_catalog_frontend_and_metastore_are_routed(apphub: Deployed) -> None:
    """`routes`, and `strip`: the metastore knows no path that begins with /metastore."""
    catalog, frontend = ShopClient(CATALOG), ShopClient(FRONTEND)
    assert "data" in catalog.request("GET", "/services").expect(200)
    assert catalog.request("GET", "/metastore/healthz").expect(200) == {"status": "ok"}
    assert "<h1>AppHub</h1>" in frontend.request("GET", "/").expect(200)
    key = f"acceptance-{secrets.token_hex(4)}"
    try:
        catalog.request("POST", "/metastore/records", {"key": key}).expect(200)
        found = ask(apphub, "services/metastore:4100", f"/records/{key}")
        assert found["key"] == key
    finally:
        statement = f"delete from metastore.records where key = '{key}'"
        sql(apphub, "apphub-db", "apphub", statement)


def _none_ready(apphub: Deployed, name: str) -> bool:
    return not apphub.get("Deployment", name)["status"].get("readyReplicas")


def _holder(apphub: Deployed) -> str:
    """Return the address of who holds the lock; there are never two."""
    held: list[str] = []

    def one_holds() -> bool:
        held[:] = sql(apphub, "apphub-db", "apphub", HOLDERS)
        assert len(held) < 2, held
        return bool(held)

    eventually(one_holds, "somebody holds the lock", 30)
    return held[0]


def _planner(apphub: Deployed) -> str:
    (name,) = sql(apphub, "apphub-db", "apphub", "select holder from scheduler")
    return name


def _names(apphub: Deployed, address: str) -> list[str]:
    found = apphub.pods("catalog-workflow")
    return [one["metadata"]["name"] for one in found if one["status"].get("podIP") == address]
