# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module gives the same result in ansible-playbook and as a module on another host.

A new module adds its cases to CASES: the task's arguments, with NAMESPACE where a namespace
belongs. One playbook runs all cases in order on two hosts, one for each path and each with a
namespace of its own: first in check mode, then really.
"""

from __future__ import annotations

import base64
import json
import re

import pytest
import yaml

from tests.integration.playbook import ACTION, MODULE

CONFIG_MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings"},
    "data": {"a": "1"},
}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "login"},
    "stringData": {"password": "${generate:20}", "key": "${given:auth.key}"},
}
IN_NAMESPACE = {"namespace": "NAMESPACE"}
ROOT_CA = {"api_version": "v1", "kind": "ServiceAccount", "name": "default"}

CASES = {
    "apply": (
        "apply",
        {
            **IN_NAMESPACE,
            "objects": [CONFIG_MAP, SECRET],
            "secret_values": {"auth": {"key": "{{ given }}"}},
            "stack": "shop",
            "role": "infra",
        },
    ),
    "apply refused": (
        "apply",
        {**IN_NAMESPACE, "objects": [{**CONFIG_MAP, "dta": {}}, SECRET], "secret_values": {}},
    ),
    "apply of an unknown kind": (
        "apply",
        {**IN_NAMESPACE, "objects": [{**CONFIG_MAP, "kind": "ConfigMop"}]},
    ),
    "apply with an unknown option": ("apply", {**IN_NAMESPACE, "objcts": []}),
    "apply with a wrong choice": ("apply", {**IN_NAMESPACE, "state": "present"}),
    "apply with a wrong type": ("apply", {**IN_NAMESPACE, "objects": 5}),
    "apply with a stack and no role": ("apply", {**IN_NAMESPACE, "stack": "shop"}),
    "apply pruned without a stack": ("apply", {**IN_NAMESPACE, "state": "pruned"}),
    "apply with a secret in its error": (
        "apply",
        {**IN_NAMESPACE, "api_key": "{{ wrong }}", "context": "{{ wrong }}"},
    ),
    "health_wait": (
        "health_wait",
        {**IN_NAMESPACE, "resources": [ROOT_CA], "timeout": 60},
    ),
    "health_wait with an unknown kind": (
        "health_wait",
        {**IN_NAMESPACE, "resources": [{**ROOT_CA, "kind": "ServiceAcount"}]},
    ),
    "migration_gate with nothing to do": ("migration_gate", {**IN_NAMESPACE, "migrations": []}),
    "release of nothing": ("release", {**IN_NAMESPACE, "stack": "shop"}),
    "release recorded": (
        "release",
        {
            **IN_NAMESPACE,
            "stack": "shop",
            "state": "recorded",
            "resolved": {"name": "shop", "models": "{}"},
        },
    ),
    "release that does not exist": (
        "release",
        {**IN_NAMESPACE, "stack": "shop", "state": "restored", "number": 7},
    ),
    "http_check of a closed port": (
        "http_check",
        {"url": "http://127.0.0.1:1/", "timeout": 0.1},
    ),
}
# From variables, since Ansible quotes the lines of a playbook that failed.
SECRETS = {"given": "given-hunter2", "wrong": "hunter2000"}
# Differs from run to run, whichever the path.
VOLATILE = {
    "uid",
    "elapsed",
    "attempts",
    "since",
    "seconds_to_ready",
    "timeline",
    "duration_s",
    "at",
}


def playbook_of(cases):
    tasks = [
        {
            "name": f"{name}{', check' if check else ''}",
            f"slipway.stack.{module}": json.loads(
                json.dumps(arguments).replace("NAMESPACE", "{{ namespaces[inventory_hostname] }}")
            ),
            "check_mode": check,
            "ignore_errors": True,
        }
        for name, (module, arguments) in cases.items()
        for check in (True, False)
    ]
    return yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}])


def comparable(result, namespace):
    """The result without names, hashes and times that differ in every run."""
    text = json.dumps(_steady(result), sort_keys=True).replace(namespace, "NAMESPACE")
    text = re.sub(r"hash [0-9a-f]{8}", "hash", text)
    return json.loads(re.sub(r"\d+(\.\d+)? s\b", "0 s", text))


def _steady(value):
    if isinstance(value, dict):
        return {key: _steady(inner) for key, inner in value.items() if key not in VOLATILE}
    return [_steady(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def both(make_playbook_runner, make_namespaces, tmp_path_factory):
    """The run, and the namespace of each path."""
    with make_namespaces() as fresh:
        namespaces = {ACTION: fresh(), MODULE: fresh()}
        playbook = make_playbook_runner(tmp_path_factory.mktemp("paths"))
        extra = json.dumps({"namespaces": namespaces, **SECRETS})
        text, hosts = playbook_of(CASES), {path: path for path in namespaces}
        run = playbook(text, "-vvv", "--diff", "-e", extra, hosts=hosts, timeout_s=600)
        yield run, namespaces


@pytest.mark.parametrize("name", [f"{name}{check}" for name in CASES for check in (", check", "")])
def test_both_paths_give_the_same_result(both, name):
    run, namespaces = both
    inside, elsewhere = (
        comparable(run.hosts[path][name], namespaces[path]) for path in (ACTION, MODULE)
    )
    assert inside == elsewhere


def test_the_two_paths_are_really_two(both):
    """Only the action prints live lines; only the module copies itself to its host."""
    run, _namespaces = both
    assert f"{ACTION}: created ConfigMap settings" in run.output
    assert f"{MODULE}: created ConfigMap settings" not in run.output
    assert f"<{MODULE}> PUT" in run.output
    assert f"<{ACTION}> PUT" not in run.output


def test_no_secret_value_is_seen_on_either_path(both, client):
    run, namespaces = both
    values = list(SECRETS.values())
    for namespace in namespaces.values():
        live = client.request("GET", f"/api/v1/namespaces/{namespace}/secrets/login")
        values += list(live["data"].values())
        values += [base64.b64decode(value).decode() for value in live["data"].values()]
    assert len(values) == 10
    seen = run.output + json.dumps(run.hosts)
    assert [value for value in values if value in seen] == []
