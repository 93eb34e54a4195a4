# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppHub's parts do what was measured of the real ones; each row of the table in systems.md."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
import pytest
from reference_processes import S3, Part, Redis
from shop_processes import Postgres, wait_for

CATALOG = "node services/catalog/dist/server.js"
METASTORE = "node services/metastore/dist/server.js"
FILESTORE = "node services/filestore/dist/server.js"
TIMESTORE = "node services/timestore/dist/server.js"
TIMESTORE_WORKERS = "node services/timestore/dist/workers/"
NOWHERE = "127.0.0.1:9"  # the discard port: nobody listens
Start = Callable[..., Part]


def worker(name: str) -> str:
    return f"node services/catalog/dist/{name}.js"


@pytest.fixture
def environ(database: str, redis: Redis) -> dict[str, str]:
    """The variables that stacks/apphub.yml gives to all, with a schema for each store."""
    with psycopg.connect(database, autocommit=True) as db:
        for schema in ("metastore", "filestore", "timestore"):
            db.execute(f"CREATE SCHEMA {schema}")
    urls = dict.fromkeys(("DATABASE_URL", "FILESTORE_DATABASE_URL", "TIMESTORE_DATABASE_URL"))
    return dict.fromkeys(urls, database) | {
        "REDIS_URL": redis.url,
        "FILESTORE_REDIS_URL": redis.url,
        "FILESTORE_PG_SCHEMA": "filestore",
        "TIMESTORE_PG_SCHEMA": "timestore",
        "APPHUB_EVENTS_MODE": "inline",
    }


def job_done(catalog: Part, queue: str, payload: object) -> dict[str, object]:
    """Give a job to a worker and wait for its end."""
    status, job = catalog.send(f"/jobs/{queue}", payload)
    assert status == 200
    wait_for(lambda: catalog.read(f"/jobs/{job['id']}")["state"] in ("done", "failed"), 15, queue)
    found: dict[str, object] = catalog.read(f"/jobs/{job['id']}")
    return found


def test_the_catalog_has_only_health(start: Start, environ: dict[str, str]) -> None:
    catalog = start(CATALOG, **environ).listening("/health")
    assert catalog.get("/healthz")[0] == catalog.get("/readyz")[0] == 404


@pytest.mark.parametrize(("line", "paths"), [
    (METASTORE, ["/healthz", "/readyz"]),
    (FILESTORE, ["/healthz", "/readyz", "/health", "/ready"]),
    (TIMESTORE, ["/health", "/ready"]),
    ("", ["/healthz", "/"]),
], ids=["metastore", "filestore", "timestore", "frontend"])  # fmt: skip
def test_health_paths(start: Start, environ: dict[str, str], line: str, paths: list[str]) -> None:
    port = "FILESTORE_PORT" if line == FILESTORE else "PORT"
    part = start(line, port=port, **environ).listening(paths[0])
    assert [part.get(path)[0] for path in paths] == [200] * len(paths)


@pytest.mark.parametrize("line", [CATALOG, METASTORE, FILESTORE, TIMESTORE, worker("buildWorker")])
@pytest.mark.parametrize("missing", ["PostgreSQL", "Redis"])
def test_without_a_store_it_ends_with_code_1(
    start: Start, environ: dict[str, str], line: str, missing: str
) -> None:
    scheme = {"PostgreSQL": "postgresql", "Redis": "redis"}[missing]
    gone = {
        name: f"{scheme}://{NOWHERE}/x"
        for name, value in environ.items()
        if value.startswith(scheme)
    }
    if "buildWorker" in line:  # it would want a token first
        line = worker("ingestionWorker")
    part = start(line, **environ | gone)
    assert part.exit_code() == 1
    assert f"{missing} does not answer" in part.output()


def test_an_unset_variable_ends_with_code_1(start: Start, environ: dict[str, str]) -> None:
    part = start(METASTORE, **environ | {"REDIS_URL": ""})
    assert (part.exit_code(), "REDIS_URL is not set" in part.output()) == (1, True)


@pytest.mark.parametrize(
    ("line", "schema", "raced"), [(CATALOG, "public", False), (FILESTORE, "filestore", True)]
)
def test_only_the_catalogs_migration_is_locked(
    start: Start, environ: dict[str, str], database: str, line: str, schema: str, raced: bool
) -> None:
    """F1: of two fresh replicas of the filestore one dies; the next start finds nothing to do."""
    port = "FILESTORE_PORT" if raced else "PORT"
    with psycopg.connect(database) as gate:
        gate.execute(f"CREATE TABLE {schema}.schema_migrations (name text PRIMARY KEY)")
        gate.commit()
        gate.execute(f"LOCK TABLE {schema}.schema_migrations")
        pair = [start(line, port=port, **environ) for _ in range(2)]
        wait_for(lambda: waiting(database) == 2, what="both look what is missing")
    wait_for(lambda: all(part.get("/health")[0] == 200 or part.process.poll() is not None
                         for part in pair))  # fmt: skip
    codes = [part.process.poll() for part in pair]
    assert sorted(codes, key=str) == ([1, None] if raced else [None, None])
    again = start(line, port=port, **environ).listening("/health")
    assert "applied" not in again.output()


def waiting(database: str) -> int:
    """How many sessions of a database wait for a lock."""
    with psycopg.connect(database) as db:
        sql = (
            "SELECT pid FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return len(db.execute(sql).fetchall())


@pytest.mark.parametrize("line", [CATALOG, METASTORE])
def test_without_a_handler_process_1_outlives_sigterm(
    start: Start, environ: dict[str, str], line: str
) -> None:
    """F4; with another process 1, as with shareProcessNamespace, the same signal ends it."""
    path = "/health" if line == CATALOG else "/healthz"
    first = start(line, as_process_1=True, **environ).listening(path)
    second = start(line, **environ).listening(path)
    first.terminate()
    second.terminate()
    assert second.exit_code(5) == -15
    time.sleep(1)
    assert first.get(path)[0] == 200


def test_the_filestore_hangs_at_sigterm(start: Start, environ: dict[str, str]) -> None:
    part = start(FILESTORE, port="FILESTORE_PORT", **environ).listening("/healthz")
    part.terminate()
    wait_for(lambda: part.get("/healthz")[0] == 0, 5, "the port is closed")
    time.sleep(1)
    assert part.process.poll() is None


@pytest.mark.parametrize("line", [TIMESTORE, "", worker("ingestionWorker"),
                                  TIMESTORE_WORKERS + "lifecycleWorker.js"])  # fmt: skip
def test_others_end_at_sigterm(start: Start, environ: dict[str, str], line: str) -> None:
    if line == worker("ingestionWorker"):
        start(CATALOG, **environ).listening("/health").kill()
    part = start(line, as_process_1=True, **environ)
    wait_for(lambda: "working on" in part.output() or part.get("/health")[0] == 200
             or part.get("/healthz")[0] == 200)  # fmt: skip
    part.terminate()
    assert part.exit_code(10) == 0


def test_a_worker_needs_the_entry_point(start: Start, environ: dict[str, str]) -> None:
    part = start(worker("eventIngressWorker"), **environ | {"REFERENCE_ENTRYPOINT": ""})
    assert (part.exit_code(), "before initialization" in part.output()) == (1, True)


def test_the_metastores_publisher_ignores_redis(start: Start, environ: dict[str, str]) -> None:
    part = start(METASTORE, **environ | {"APPHUB_EVENTS_MODE": "redis"}).listening("/healthz")
    with pytest.raises(TimeoutError):
        part.send("/records", {"key": "one", "metadata": {"a": 1}}, timeout_s=1)
    assert part.read("/records/one")["metadata"] == {"a": 1}
    inline = start(METASTORE, **environ).listening("/healthz")
    assert inline.send("/records", {"key": "two"})[0] == 200
    catalog = start(CATALOG, **environ, APPHUB_METASTORE_BASE_URL=inline.url)
    assert catalog.listening("/health").read("/metastore/records/two")["key"] == "two"


def test_what_one_catalog_learns_the_other_tells(start: Start, environ: dict[str, str]) -> None:
    one, other = (start(CATALOG, **environ) for _ in range(2))
    one.listening("/health").send("/services", {"slug": "web", "baseUrl": "http://web"})
    listed = other.listening("/health").read("/services")["data"]
    assert [service["base_url"] for service in listed] == ["http://web"]
    assert one.send("/services", {"slug": "web"})[0] == 400


def test_workers_take_jobs_from_redis(start: Start, environ: dict[str, str]) -> None:
    catalog = start(CATALOG, **environ).listening("/health")
    for name in ("eventIngressWorker", "eventTriggerWorker"):
        start(worker(name), **environ)
    found = job_done(catalog, "events", {"kind": "push"})
    (trigger,) = found["result"].values()  # type: ignore[attr-defined]
    wait_for(lambda: catalog.read(f"/jobs/{trigger}")["state"] == "done", 15)
    assert catalog.send("/jobs/nothing", {})[0] == 404


def test_of_two_schedulers_one_plans(start: Start, environ: dict[str, str], database: str) -> None:
    start(CATALOG, **environ).listening("/health").kill()
    locked = environ | {"WORKFLOW_SCHEDULER_ADVISORY_LOCKS": "1"}
    pair = [start(worker("workflowWorker"), **locked) for _ in range(2)]

    def holders() -> list[tuple[int, ...]]:
        with psycopg.connect(database) as db:
            sql = (
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND"
                " database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            return db.execute(sql).fetchall()

    (before,) = wait_for(holders, 10, "somebody holds the lock")
    for part in pair:
        wait_for(lambda part=part: "working on" in part.output())
    assert holders() == [before]
    pair[0].kill()
    pair.append(start(worker("workflowWorker"), **locked))
    pair[1].kill()
    wait_for(lambda: holders() not in ([], [before]), 10, "another takes over")


def test_uploads_reach_the_bucket(start: Start, environ: dict[str, str], s3: S3) -> None:
    keys = {"ACCESS_KEY_ID": s3.access_key, "SECRET_ACCESS_KEY": s3.secret_key}
    where = keys | {"ENDPOINT": s3.url, "BUCKET": s3.bucket, "REGION": s3.region}
    bundles = {f"APPHUB_BUNDLE_STORAGE_{name}": value for name, value in where.items()}
    bundles |= {"APPHUB_BUNDLE_STORAGE_PREFIX": "p", "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET": "s"}
    catalog = start(CATALOG, **environ).listening("/health")
    start(worker("exampleBundleWorker"), **environ, **bundles)
    found = job_done(catalog, "bundle", {"key": "a.txt", "text": "hello"})
    assert (found["state"], (s3.folder / "buckets/apphub/p/a.txt").read_text()) == ("done", "hello")


def test_a_wrong_key_fails_the_job(start: Start, environ: dict[str, str], s3: S3) -> None:
    names = {"AWS_ENDPOINT_URL_S3": s3.url, "AWS_REGION": s3.region}
    keys = {"AWS_ACCESS_KEY_ID": s3.access_key, "AWS_SECRET_ACCESS_KEY": s3.secret_key}
    right = start(FILESTORE, port="FILESTORE_PORT", **environ, **names, **keys)
    right.listening("/readyz")
    assert right.send(f"/files/{s3.bucket}/one.json", {"a": 1}, "PUT")[0] == 200
    assert right.read(f"/files/{s3.bucket}/one.json") == {"a": 1}
    keys["AWS_SECRET_ACCESS_KEY"] = "wrong"
    wrong = start(FILESTORE, port="FILESTORE_PORT", **environ, **names, **keys)
    assert wrong.listening("/readyz").send(f"/files/{s3.bucket}/two.json", {}, "PUT")[0] == 500


def test_the_timestore_builds_partitions(
    start: Start, environ: dict[str, str], s3: S3, tmp_path: object
) -> None:
    keys = {"ACCESS_KEY_ID": s3.access_key, "SECRET_ACCESS_KEY": s3.secret_key}
    where = keys | {"ENDPOINT": s3.url, "BUCKET": s3.bucket, "REGION": s3.region}
    environ |= {f"TIMESTORE_S3_{name}": value for name, value in where.items()}
    environ |= {"TIMESTORE_STORAGE_ROOT": str(tmp_path)}
    api = start(TIMESTORE, **environ).listening("/ready")
    for name in ("ingestionWorker", "partitionBuildWorker", "lifecycleWorker"):
        start(f"{TIMESTORE_WORKERS}{name}.js", **environ)
    api.send("/datasets/cpu/ingest", [1, 2, 3])
    (built,) = wait_for(lambda: api.read("/datasets/cpu/partitions")["partitions"], 15)
    assert (built["rows"], (s3.folder / "buckets/apphub" / built["key"]).exists()) == (3, True)
    api.send("/datasets/cpu/expire", {"age_s": 0})
    wait_for(lambda: not api.read("/datasets/cpu/partitions")["partitions"], 15)


@pytest.mark.parametrize("outage", ["PostgreSQL", "Redis"])
def test_stores_outlive_an_outage(start: Start, environ: dict[str, str], outage: str) -> None:
    """AH-5: not ready meanwhile, alive, and ready again by themselves."""
    with Postgres() as postgres, Redis() as redis:
        url = postgres.new_database()
        with psycopg.connect(url, autocommit=True) as db:
            for schema in ("metastore", "filestore", "timestore"):
                db.execute(f"CREATE SCHEMA {schema}")
        environ |= {name: url for name in environ if name.endswith("DATABASE_URL")}
        environ |= {"REDIS_URL": redis.url, "FILESTORE_REDIS_URL": redis.url}
        parts = {
            start(METASTORE, **environ): ("/healthz", "/readyz"),
            start(FILESTORE, port="FILESTORE_PORT", **environ): ("/healthz", "/readyz"),
            start(TIMESTORE, **environ): ("/health", "/ready"),
        }
        for part, (_, ready) in parts.items():
            part.listening(ready)
        server = postgres if outage == "PostgreSQL" else redis
        server.stop()
        for part, (live, ready) in parts.items():
            wait_for(lambda part=part, ready=ready: part.get(ready)[0] == 503, 15)
            assert part.get(live)[0] == 200
        postgres.start() if outage == "PostgreSQL" else redis.__enter__()
        for part, (_, ready) in parts.items():
            wait_for(lambda part=part, ready=ready: part.get(ready)[0] == 200, 15)
