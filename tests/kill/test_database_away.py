# SPDX-License-Identifier: GPL-3.0-or-later
"""The database is away when the Job begins: whatever the style, it waits and then migrates.

The Jobs are those of a stack file. The database is behind a Service of its own, which leads nowhere
until the test says so: connections are refused, as by a server that is being restarted.
"""

from __future__ import annotations

import time

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build, sql
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

from tests.kill.deployer import Deployer
from tests.kill.town import database_secret

AWAY_S = 10
STACK = """
schema: stack/v1
name: away
images: {psql: {repo: postgres, tag: "15"}}
datastores: {db: {type: postgres, version: "15"}}
workloads:
  api:
    image: psql
    size: small
    security: {user: 999}
    scale: {replicas: 1}
    command: [bash, -euc]
    args:
      - |
        psql -v ON_ERROR_STOP=1 $$DATABASE_URL -c 'create table boots ()'
        touch /tmp/ready
        trap 'exit 0' INT TERM  # the image's own signal is INT
        while :; do sleep 1 & wait $$!; done
    write: [/tmp]
    env: {DATABASE_URL: "${db.url}"}
    health: {exec: [test, -f, /tmp/ready], startup_budget: 60s}
migrations: {migrate: %s}
"""
STYLES = {
    "job": """
      {image: psql, database: db, command: [bash, -euc], security: {user: 999},
       args: ["psql -v ON_ERROR_STOP=1 $$DATABASE_URL -c 'create table boots ()'"],
       env: {DATABASE_URL: "${db.url}"}}""",
    "startup": "{style: startup, workload: api, database: db}",
}


def resolved(style: str, database, host: str) -> dict:
    """Return the models of the stack."""
    store = f"{{driver: external, host: {host}, secret: {host}, tls: false}}"
    where = f"{{preset: local, namespace: {database.town.namespace}, datastores: {{db: {store}}}}}"
    texts = {"stack": STACK % STYLES[style], "environment": where}
    layers = {
        layer: parse(text, shown=f"{layer}.yml", layer=layer)[0] for layer, text in texts.items()
    }
    found = resolve(layers["stack"], [layers["environment"]])
    assert found.document, [str(one) for one in found.findings]
    return build(dict(found.document))


@pytest.fixture
def away(database) -> str:
    """The name of a Service that leads nowhere, and of the Secret with its URL."""
    name = f"{database.secret}-away"
    spec = {"selector": {"app": "nobody"}, "ports": [{"port": 5432}]}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
    database.town.create("services", body)
    secret = database_secret(database.name, host=name)
    database.town.create("secrets", secret | {"metadata": {"name": name}})
    return name


def come_back(database, name: str) -> None:
    path = database.town.path("services", name)
    body = {"spec": {"selector": {"app": "postgres"}}}
    database.town.client.request(
        "PATCH", path, body=body, content_type="application/merge-patch+json"
    )


@pytest.fixture
def begin(database, away):
    """Callable: deploys the stack's one migration."""
    town = database.town

    def call(style: str) -> Deployer:
        models = resolved(style, database, away)
        accounts = [one for one in models["infra"] if one["template"] == "serviceaccount"]
        for account in render("infra", accounts, {}):
            town.create("serviceaccounts", account)
        (gate,) = models["migrations"]
        (job,) = render("migrations", [gate["job"]], {})
        known = {"id": database.id, "claims": [], "incarnation": "first"}
        wanted = database.params("", rerun=["migrate"])
        return Deployer(wanted | {"migrations": [gate | {"job": job, "database": known}]})

    yield call
    for account in town.found("serviceaccounts", labelSelector="app.kubernetes.io/part-of=away"):
        town.delete("serviceaccounts", account["metadata"]["name"])


@pytest.mark.parametrize("style", STYLES)
def test_it_waits_and_then_migrates(database, away, begin, eventually, style):
    deployer = begin(style)
    deployer.says("created")
    eventually(lambda: running(database), within_s=60)
    time.sleep(AWAY_S)
    assert running(database)

    come_back(database, away)
    assert deployer.only()["outcome"] == "passed"
    assert database.sql("select to_regclass('boots') is not null") == "t"


def running(database) -> list[str]:
    """Return the names of the containers that run, of all Jobs of the database."""
    states = [
        status
        for pod in database.pods()
        for status in pod["status"].get("initContainerStatuses", [])
    ]
    return [each["name"] for each in states if "running" in each["state"]]


def test_control_without_the_wait_the_workload_dies_as_it_starts(database, begin, monkeypatch):
    monkeypatch.setattr(sql, "can_ask", lambda document, spec: False)
    entry = begin("startup").only()
    assert (entry["outcome"], entry["class"]) == ("failed", "app_exit")
    assert "container startup ended with exit code 2 as it started" in entry["sentence"]
    assert database.sql("select to_regclass('boots') is null") == "t"
