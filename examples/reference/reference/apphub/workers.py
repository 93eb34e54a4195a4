# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog's eight workers. Two talk to the Kubernetes API, two upload to S3."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg

from reference import environment, kube, postgres, s3
from reference.apphub import cluster, jobs

SCHEDULER_LOCK = 70_301


def _entry_point() -> None:
    """F10: an import cycle crashes workers that the image's entry point did not start.

    Seven of eight, and which one survives is not recorded: here all do, so `command` shows.
    """
    if not os.environ.get("REFERENCE_ENTRYPOINT"):
        raise SystemExit("ReferenceError: Cannot access 'queueManager' before initialization")


def _work(queue: str, do: Callable[[jobs.Payload], Any]) -> None:
    _entry_point()
    jobs.work(queue, do)


def ingest() -> None:
    """Would clone a repository; here the payload comes back."""
    _work("ingest", lambda payload: payload)


def build() -> None:
    """Run each job as a Kubernetes Job, with the builder's account for the worker itself."""
    client = _kubernetes()
    _work("build", lambda payload: cluster.build(client, payload["name"], payload.get("args")))


def launch() -> None:
    """Start or stop a preview: Deployment, Service and Ingress."""
    client = _kubernetes()

    def one(payload: jobs.Payload) -> object:
        act = cluster.stop if payload.get("action") == "stop" else cluster.launch
        return act(client, payload["name"])

    _work("launch", one)


def _kubernetes() -> httpx.Client:
    """APPHUB_K8S_REQUIRE_TOOLING: the entry point tries the API before anything else (read)."""
    try:
        client = kube.client_of_pod()
        if environment.flag("APPHUB_K8S_REQUIRE_TOOLING"):
            kube.call(client, "GET", "/version")
    except (kube.KubeError, httpx.TransportError) as error:
        raise SystemExit(f"the Kubernetes API cannot be used: {error}") from None
    return client


def workflow() -> None:
    """Take jobs, and beside that plan what is due once a second, if nobody else does."""
    _entry_point()
    stores = jobs.stores()
    threading.Thread(target=schedule, args=[stores.url], daemon=True).start()
    jobs.work("workflow", lambda payload: payload, stores)


def schedule(url: str) -> None:
    """Plan for ever; who holds the lock dies with its connection, and another takes over."""
    while True:
        try:
            with postgres.connect(url) as db:
                while not _may_plan(db):
                    time.sleep(0.5)
                _plan(db)
        except psycopg.Error:
            time.sleep(1)


def _may_plan(db: psycopg.Connection[dict[str, Any]]) -> bool:
    """Without WORKFLOW_SCHEDULER_ADVISORY_LOCKS every scheduler plans (read)."""
    if not environment.flag("WORKFLOW_SCHEDULER_ADVISORY_LOCKS"):
        return True
    (row,) = db.execute("SELECT pg_try_advisory_lock(%s) AS mine", (SCHEDULER_LOCK,)).fetchall()
    return bool(row["mine"])


def _plan(db: psycopg.Connection[dict[str, Any]]) -> None:
    while True:
        db.execute(
            "INSERT INTO scheduler VALUES (1, %s, 1) ON CONFLICT (id)"
            " DO UPDATE SET holder = excluded.holder, ticks = scheduler.ticks + 1",
            (os.uname().nodename,),
        )
        time.sleep(1)


def materialize() -> None:
    """Upload what a job names: {"key", "text"}."""
    _work("materialize", _upload)


def bundle() -> None:
    """Likewise, for example bundles."""
    _work("bundle", _upload)


def _upload(payload: jobs.Payload) -> object:
    prefix = "APPHUB_BUNDLE_STORAGE_"
    names = ("ENDPOINT", "BUCKET", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
    bucket = s3.Bucket(*(environment.need(prefix + name) for name in names))
    key = f"{os.environ.get(prefix + 'PREFIX', '')}/{payload['key']}".lstrip("/")
    bucket.put(key, payload["text"].encode())
    secret = environment.need(prefix + "SIGNING_SECRET").encode()
    return {"key": key, "signature": hmac.digest(secret, key.encode(), hashlib.sha256).hex()}


def events() -> None:
    """Pass each event on to the triggers."""
    _entry_point()
    stores = jobs.stores()
    jobs.work("events", lambda payload: {"trigger": stores.add("triggers", payload)}, stores)


def triggers() -> None:
    """Store what an event triggers."""
    _work("triggers", lambda payload: {"triggered": payload})
