# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Philotes on the kind cluster: from a row in the source to a file on S3, and through updates.

Each docstring names the feature without which its test fails.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.acceptance.live.deployed import Deployed, eventually
from tests.acceptance.live.inside import ask, restarts, sql, status
from tests.e2e.running import ROOT
from tests.e2e.shop_client import ShopClient

API = "http://philotes.localhost:8080"
DATASTORES = {"philotes-db", "lakekeeper-db", "source-db", "storage"}
SLOT = "select active from pg_replication_slots where slot_name = 'philotes_cdc'"
LEDGER = "select to_jsonb(one) from slipway_ledger one order by 1"
# Prints the changes on S3 that hold a text, with the worker's own settings.
FIND = """
import sys
from reference.philotes.worker import bucket
store = bucket()
texts = (store.get(key).decode() for key in store.keys() if key.startswith("changes/"))
print(*(text for text in texts if sys.argv[1] in text), sep="\\n")
"""


@pytest.fixture
def table(philotes: Deployed) -> Iterator[str]:
    """Return a table in the source."""
    name = f"acceptance_{secrets.token_hex(4)}"
    sql(philotes, "source-db", "source", f"create table {name} (id text primary key)")
    yield name
    sql(philotes, "source-db", "source", f"drop table {name}")


@pytest.mark.parametrize(("workload", "port"), [("api", 8080), ("worker", 8081)])
def test_ph_18_the_probes_pass(philotes: Deployed, workload: str, port: int) -> None:
    """`health` and `ports`: the kubelet asks what really answers, on the port that is open."""
    (pod,) = philotes.pods(workload)
    (container,) = pod["spec"]["containers"]
    (opened,) = container["ports"]
    assert opened["containerPort"] == port
    for probe, path in (("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")):
        asked = container[probe]["httpGet"]
        assert (asked["path"], asked["port"]) == (path, opened["name"])
        assert status(philotes, f"pods/{pod['metadata']['name']}:{port}", path) == 200
    conditions = {one["type"]: one["status"] for one in pod["status"]["conditions"]}
    assert conditions["Ready"] == "True"


def test_ph_22_lakekeeper_is_migrated_and_serves(philotes: Deployed) -> None:
    """`migrate_lakekeeper` and `needs`: it serves unmigrated, too, but keeps no warehouse then."""
    applied = sql(philotes, "lakekeeper-db", "lakekeeper", "select name from schema_migrations")
    assert applied == ["0001_server", "0002_warehouses"]
    assert philotes.ready("Deployment", "lakekeeper")
    here = "services/lakekeeper:8181"
    assert status(philotes, here, "/health") == 200
    assert ask(philotes, here, "/management/v1/info") == {"bootstrapped": True}
    (warehouse,) = ask(philotes, here, "/management/v1/warehouse")["warehouses"]
    assert warehouse["name"] == "philotes"


def test_ph_24_everything_is_ready(philotes: Deployed) -> None:
    """All phases of site.yml: what one of them leaves out is not there, or not ready."""
    for name in ("api", "worker", "lakekeeper"):
        assert philotes.ready("Deployment", name), name
    found = {one["metadata"]["name"] for one in philotes.list("StatefulSet")}
    assert found == DATASTORES
    assert all(philotes.ready("StatefulSet", name) for name in DATASTORES)
    jobs = {one["metadata"]["name"]: one["status"].get("succeeded") for one in philotes.list("Job")}
    assert set(jobs.values()) == {1}, jobs
    for prefix in ("prepare-source-", "prepare-warehouse-"):
        assert any(name.startswith(prefix) for name in jobs), prefix


def test_ph_24_a_change_arrives(philotes: Deployed, table: str) -> None:
    """`prepare_source`, and the references to source and S3: the worker is ready without them."""
    sql(philotes, "source-db", "source", f"insert into {table} values ('first')")
    eventually(lambda: "first" in _changes(philotes, table), "the row is on S3", 30)


def test_ph_25_sources_answer_and_sql_runs_once(philotes: Deployed) -> None:
    """`migrations` of style sql, and its ledger: readiness is green without, sources answer 500."""
    name = f"acceptance-{secrets.token_hex(4)}"
    given = {"name": name, "host": "db", "port": 5432, "database_name": "d", "username": "u"}
    try:
        ShopClient(API).request("POST", "/api/v1/sources", given).expect(200)
        found = ShopClient(API).request("GET", "/api/v1/sources").expect(200)["sources"]
        assert {"name": name, "host": "db"} in found
    finally:
        sql(
            philotes,
            "philotes-db",
            "philotes",
            f"delete from philotes.sources where name = '{name}'",
        )
    files = sorted(one.name for one in (ROOT / "stacks" / "philotes" / "migrations").glob("*.sql"))
    applied, jobs = _ledger(philotes), _migrations(philotes)
    assert (
        len(applied)
        == len(files)
        == sum(file in line for file, line in zip(files, applied, strict=True))
    )
    again = philotes.site("--tags", "migrations").succeeded()
    assert again.changed == 0
    assert (_ledger(philotes), _migrations(philotes)) == (applied, jobs)


def test_ph_26_an_update_of_the_worker_frees_the_slot_first(philotes: Deployed, table: str) -> None:
    """`strategy.recreate`: beside the old worker, a new one ends with "slot is active"."""
    (old,) = philotes.pods("worker")
    try:
        sql(philotes, "source-db", "source", f"insert into {table} values ('before')")
        philotes.site(config={"worker": {"PHILOTES_CDC_BATCH_SIZE": "999"}}).succeeded()
        _worker_streams(philotes, old["metadata"]["name"])
        sql(philotes, "source-db", "source", f"insert into {table} values ('after')")
        eventually(lambda: "after" in _changes(philotes, table), "the later row is on S3", 30)
        assert "before" in _changes(philotes, table)
    finally:
        (new,) = philotes.pods("worker")
        philotes.site().succeeded()
    _worker_streams(philotes, new["metadata"]["name"])


def _worker_streams(philotes: Deployed, before: str) -> None:
    """Check that another pod than before reads the slot, at its first attempt."""
    (pod,) = philotes.pods("worker")
    name = pod["metadata"]["name"]
    assert name != before
    eventually(lambda: sql(philotes, "source-db", "source", SLOT) == ["t"], "the slot is read", 30)
    log = philotes.kubectl("logs", name)
    assert "streaming philotes_cdc" in log
    assert "is active" not in log
    assert restarts(philotes)[name] == (pod["metadata"]["uid"], 0)


def _changes(philotes: Deployed, table: str) -> str:
    return philotes.kubectl("exec", "deploy/worker", "--", "python3", "-c", FIND, table)


def _ledger(philotes: Deployed) -> list[str]:
    return sql(philotes, "philotes-db", "philotes", LEDGER)


def _migrations(philotes: Deployed) -> set[str]:
    names = {one["metadata"]["name"] for one in philotes.list("Job")}
    return {name for name in names if name.startswith("mig-")}
