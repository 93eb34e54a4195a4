# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two stacks in two namespaces on one external database, deployed at once: they take turns."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from tests.kill.town import counting, database_secret

GATE = "Run each migration of this phase once"
RBAC = "apis/rbac.authorization.k8s.io/v1"
PLAY = """
- hosts: all
  gather_facts: false
  vars:
    stack_file: "{{ inventory_dir }}/stack.yml"
    stack_env: %(env)s
    migrations_rerun: [%(name)s]
  roles: [slipway.stack.infra, slipway.stack.migrations, slipway.stack.workloads]
"""


@pytest.fixture
def spaces(client, make_namespaces, database):
    """Two namespaces that have the Secret of the database, for stacks that do not meet."""
    secret = database_secret(database.name, host=f"postgres.{database.town.namespace}")
    with make_namespaces() as fresh:
        found = {"users": fresh(), "orders": fresh()}
        for name in found.values():
            client.request("POST", f"/api/v1/namespaces/{name}/secrets", body=secret)
        yield found


def stack(app: str, seconds: int) -> dict:
    """Return a stack of one migration that counts itself, and one workload that needs it."""
    script = counting(seconds, tag=app).replace("$", "$$")
    common = {"image": "psql", "size": "small", "command": ["bash", "-euc"]}
    url = {"DATABASE_URL": "${db.url}"}
    idle = "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"
    migration = {"image": "psql", "security": {"user": 999}, "command": ["bash", "-euc"]}
    migration["env"] = url | {"COMPOSED": "of ${db.url} and more"}
    return {
        "schema": "stack/v1",
        "name": app,
        "images": {"psql": {"repo": "postgres", "tag": "15"}},
        "datastores": {"db": {"type": "postgres", "version": "15"}},
        "migrations": {f"migrate_{app}": migration | {"args": [script], "database": "db"}},
        "workloads": {
            app: common
            | {"args": [idle], "security": {"user": 999}, "scale": {"replicas": 1}, "env": url}
        },
    }


def environment(database, namespace: str, meet: str) -> dict:
    town = database.town
    store = {
        "driver": "external",
        "host": f"postgres.{town.namespace}",
        "database": database.name,
        "secret": database.secret,
        "tls": False,
    }
    shared = {"migrations_namespace": meet} if meet else {}
    return {
        "preset": "local",
        "namespace": namespace,
        "network": {"policies": True},
        "datastores": {"db": store | shared},
    }


@pytest.fixture
def deploy(make_playbook_runner, tmp_path, database, spaces):
    """Callable: deploys both stacks at once, each by an Ansible of its own."""

    def one(app: str, seconds: int, meet: str, **more: str):
        folder = tmp_path / app
        folder.mkdir(exist_ok=True)
        (folder / "stack.yml").write_text(json.dumps(stack(app, seconds)))
        env = json.dumps(environment(database, spaces[app], meet))
        extra = [f"--extra-vars={json.dumps(more)}"]
        return make_playbook_runner(folder)(PLAY % {"env": env, "name": f"migrate_{app}"}, *extra)

    def both(seconds: int, meet: str):
        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(lambda app: one(app, seconds, meet), spaces))
        assert [run.returncode for run in runs] == [0, 0], "\n".join(run.output for run in runs)
        return runs

    both.one = one
    return both


def test_they_take_turns_and_each_has_its_marker(deploy, database, spaces, client):
    meet = database.town.namespace
    runs = deploy(6, meet)

    entries = [run.tasks[GATE]["migrations"][0] for run in runs]
    assert [entry["outcome"] for entry in entries] == ["passed", "passed"]
    assert {entry["sequence"] for entry in entries} == {1, 2}
    assert (database.runs(), database.overlaps()) == (2, 0)
    for entry, namespace in zip(entries, spaces.values(), strict=True):
        found = client.request("GET", f"/api/v1/namespaces/{namespace}/configmaps")["items"]
        markers = [one["metadata"]["name"] for one in found if "passed" in one.get("data", {})]
        assert markers == [entry["marker"]]
    assert [run.stats["changed"] for run in deploy(6, meet)] == [0, 0]


@pytest.fixture
def deployer(client, database, spaces, kubeconfigs):
    """Callable: the kubeconfig of who administers a stack's namespace, and has a role elsewhere."""
    home, meet = spaces["users"], database.town.namespace
    account = {"kind": "ServiceAccount", "name": "deployer", "namespace": home}

    def grant(path: str, kind: str, name: str) -> None:
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
        body = {"metadata": {"name": database.secret}, "roleRef": role, "subjects": [account]}
        client.request("POST", f"/{RBAC}/{path}", body=body)

    rule = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "list", "watch"]}
    body = {"metadata": {"name": database.secret}, "rules": [rule]}
    client.request("POST", f"/{RBAC}/clusterroles", body=body)

    def call(role: dict | None) -> str:
        if role:
            meta = {"name": database.secret, "namespace": meet}
            path = f"/{RBAC}/namespaces/{meet}/roles"
            client.request("POST", path, body=role | {"metadata": meta})
            grant(f"namespaces/{meet}/rolebindings", "Role", database.secret)
        accounts = f"/api/v1/namespaces/{home}/serviceaccounts"
        client.request("POST", accounts, body={"metadata": {"name": "deployer"}})
        grant(f"namespaces/{home}/rolebindings", "ClusterRole", "admin")
        grant("clusterrolebindings", "ClusterRole", database.secret)
        answer = client.request("POST", f"{accounts}/deployer/token", body={"spec": {}})
        return str(kubeconfigs.write(user={"token": answer["status"]["token"]}))

    yield call
    for kind in ("clusterroles", "clusterrolebindings"):
        client.request("DELETE", f"/{RBAC}/{kind}/{database.secret}")


def documented_role(checkout) -> dict:
    page = (checkout / "docs" / "datastores.md").read_text()
    (role,) = [
        text for text in re.findall(r"```yaml\n(.*?)```", page, re.S) if "kind: Role" in text
    ]
    return yaml.safe_load(role)


def test_the_role_in_the_docs_is_enough(deploy, database, deployer, checkout):
    kubeconfig = deployer(documented_role(checkout))
    run = deploy.one("users", 0, database.town.namespace, stack_kubeconfig=kubeconfig)
    assert run.returncode == 0, run.output
    assert run.tasks[GATE]["migrations"][0]["outcome"] == "passed"


def test_control_without_the_role_it_is_told_what_is_missing_where(deploy, database, deployer):
    meet = database.town.namespace
    run = deploy.one("users", 0, meet, stack_kubeconfig=deployer(None))
    assert run.returncode != 0
    assert f'in the namespace "{meet}"' in run.output
    assert database.started() == 0


def test_control_without_a_place_to_meet_they_overlap(deploy, database):
    deploy(25, "")
    assert (database.runs(), database.overlaps()) == (2, 1)
