# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan says of the cluster: migrations, restarts, deletions; and that it changes nothing.

The database is never asked: the migration is a Job that only ends.
"""

from __future__ import annotations

import base64
import json

import pytest
import yaml
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.conftest import delete_namespace, free_name

GIVEN, OTHER = "given-Z3kq81xLw", "other-9Tm2vYpQe"
TELL = "Tell what would run and restart"
SILENCE = "Say that there is no answer"
DATABASE = {
    "type": "postgres",
    "version": "15",
    "driver": "external",
    "host": "db.test",
    "secret": "db",
}
RERUN = ("-e", json.dumps({"migrations_rerun": ["migrate"]}))
KINDS = ("secrets", "configmaps", "serviceaccounts", "pods", "apps/deployments", "batch/jobs")


def stack(*, statement="true", level="info", workloads=("calm", "loud")):
    """Return a stack file. statement: what the migration runs. level: an environment of `loud`."""
    sleeper = {"image": "shop", "command": ["sleep", "600"]}
    secret = {"TOKEN": "${secrets.made.token}", "KEY": "${secrets.vault.key}"}
    env = {"calm": secret, "loud": {"LEVEL": level}}
    return {
        "schema": "stack/v1",
        "name": "rehearsal",
        "images": {"shop": {"repo": "slipway/shop", "tag": "dev"}},
        "secrets": {"made": ["token"], "vault": {"keys": ["key"], "driver": "given"}},
        "datastores": {"db": DATABASE},
        "migrations": {
            "migrate": {"image": "shop", "command": ["sh", "-c", statement], "database": "db"}
        },
        "profiles": {"sleeper": sleeper},
        "workloads": {name: {"extends": "sleeper", "env": env[name]} for name in workloads},
    }


def caller(make_playbook_runner, folder, namespace):
    """Return a callable that runs one of our playbooks in a namespace."""
    runner = make_playbook_runner(folder)

    def run(name, *options, key=GIVEN, **changes):
        (folder / "stack.yml").write_text(yaml.safe_dump(stack(**changes)))
        variables = {
            "stack_file": str(folder / "stack.yml"),
            "stack_release_file": str(runner.checkout / "build" / "release" / "shop.yml"),
            "stack_env": {"preset": "local", "namespace": namespace},
            "infra_secret_values": {"vault": {"key": key}},
        }
        play = [{"import_playbook": f"slipway.stack.{name}", "vars": variables}]
        done = runner(json.dumps(play), *options)
        assert done.returncode == 0, done.output
        return done

    return run


@pytest.fixture(scope="module")
def deployed(make_playbook_runner, tmp_path_factory, client):
    """A namespace with the stack in it, and a callable that runs playbooks there."""
    namespace = free_name()
    run = caller(make_playbook_runner, tmp_path_factory.mktemp("rehearsal"), namespace)
    try:
        run("site", "--skip-tags", "ingress,verify", *RERUN)
        yield namespace, run
    finally:
        delete_namespace(client, namespace)


def versions(client, namespace):
    """Return name and version of every object that a deployment can touch."""
    found = {}
    for kind in KINDS:
        group, _slash, plural = kind.rpartition("/")
        base = f"/apis/{group}/v1" if group else "/api/v1"
        for one in client.request("GET", f"{base}/namespaces/{namespace}/{plural}")["items"]:
            meta = one["metadata"]
            version = None if plural == "pods" else meta["resourceVersion"]  # kubelets write
            found[kind, meta["name"]] = (meta["uid"], version)
    return found


def told(plan):
    """Return what a plan says of the cluster; its reasons for a refusal as one text."""
    msg = plan.tasks[TELL]["msg"]
    return {**msg, "refused": "".join(msg["refused"])}


def nothing(migrate, refused=""):
    empty = {"restarted": {}, "deleted": [], "missing": []}
    return {"migrations": {"migrate": migrate}, "refused": refused, **empty}


def test_an_empty_cluster_runs_everything_and_restarts_nothing(
    make_playbook_runner, tmp_path, absent_namespace, client
):
    run = caller(make_playbook_runner, tmp_path, absent_namespace)
    assert told(run("plan", *RERUN)) == nothing("would_run")
    refused = told(run("plan"))
    assert "migrate" in refused["refused"]
    assert refused == nothing("failed", refused["refused"])
    with pytest.raises(ApiError) as gone:
        client.request("GET", f"/api/v1/namespaces/{absent_namespace}")
    assert gone.value.status == 404


def test_the_same_again_tells_of_nothing(deployed, client):
    namespace, run = deployed
    before = versions(client, namespace)
    plan = run("plan")
    assert told(plan) == nothing("skipped")
    assert plan.stats["changed"] == 0
    assert versions(client, namespace) == before


@pytest.fixture(scope="module")
def changed(deployed, client):
    """A plan of everything that can change, as talkative as possible; and it changes nothing."""
    namespace, run = deployed
    before = versions(client, namespace)
    plan = run("plan", "--diff", "-vvv", key=OTHER, statement="exit 0", level="debug")
    assert versions(client, namespace) == before
    assert len(before) > 8
    return plan


def test_a_change_is_told(changed):
    seen = told(changed)
    assert seen["migrations"] == {"migrate": "would_run"}
    assert seen["restarted"]["calm"] == ["a Secret that it uses has other values"]
    (because,) = seen["restarted"]["loud"]
    assert because.startswith("spec.containers.loud.envFrom.0.configMapRef.name: loud-env-")
    assert seen["deleted"] == []


def test_what_is_left_out_is_told_as_deleted(deployed, client):
    namespace, run = deployed
    before = versions(client, namespace)
    seen = told(run("plan", workloads=("loud",)))
    assert "calm" in seen["deleted"]
    assert seen["restarted"] == {}
    assert versions(client, namespace) == before


def test_no_value_of_a_secret_is_in_the_output(deployed, changed, client):
    """Not even at -vvv; the plain value that changes is there, so that diffs are printed at all."""
    namespace, _run = deployed
    data = client.request("GET", f"/api/v1/namespaces/{namespace}/secrets/made")["data"]
    made = base64.b64decode(data["token"]).decode()
    assert "debug" in changed.output
    assert "vault" in changed.output
    for value in (made, GIVEN, OTHER):
        assert value not in changed.output
        assert base64.b64encode(value.encode()).decode() not in changed.output


@pytest.mark.parametrize("options", [[], ["-e", "plan_cluster=false"]], ids=["away", "unasked"])
def test_a_plan_stands_without_a_cluster(make_playbook_runner, tmp_path, options):
    away = tmp_path / "kubeconfig"
    away.write_text(json.dumps(nowhere()))
    run = caller(make_playbook_runner, tmp_path, "rehearsal")
    plan = run("plan", "-e", f"stack_kubeconfig={away}", "-e", f"plan_dir={tmp_path}", *options)
    assert plan.stats["failures"] == plan.stats["changed"] - 1 == 0
    assert (tmp_path / "rehearsal" / "objects.yaml").exists()
    said = plan.tasks.get(SILENCE, {}).get("msg", "")
    assert ("was not asked what would change: No answer from" in said) is not options
    assert "msg" not in plan.tasks.get(TELL, {})


def nowhere():
    """Return a kubeconfig of an address where nobody listens."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "away",
        "clusters": [{"name": "away", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "away", "context": {"cluster": "away", "user": "away"}}],
        "users": [{"name": "away", "user": {"token": "none"}}],
    }
