# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of a cluster that cannot be used: one sentence, and a play that stops."""

from __future__ import annotations

import json

import pytest

OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}


def play(options, environment):
    task = {
        "name": "Apply",
        "slipway.stack.apply": {"namespace": "default", "objects": [OBJECT], **options},
        "environment": environment,
    }
    return json.dumps([{"hosts": "shop", "gather_facts": False, "tasks": [task]}])


FAULTS = {
    "no kubeconfig": (
        {"kubeconfig": "/nowhere/config"},
        {},
        "No kubeconfig: /nowhere/config does not exist. Looked at the option kubeconfig, ",
    ),
    "no kubeconfig, named by the task's environment": (
        {},
        {"K8S_AUTH_KUBECONFIG": "/elsewhere/config"},
        "No kubeconfig: /elsewhere/config does not exist.",
    ),
    "wrong context": (
        {"context": "minkube"},
        {},
        "No context minkube in ",
    ),
    "unreachable": (
        {"host": "https://127.0.0.1:1"},
        {},
        "Connection refused. Is the cluster running, and is it this address?",
    ),
    "expired credentials": (
        {"api_key": "expired-token-1234"},
        {},
        "The API server refused the credentials: ",
    ),
}


@pytest.mark.parametrize(("options", "environment", "sentence"), FAULTS.values(), ids=FAULTS)
def test_fault_is_one_sentence(playbook, options, environment, sentence):
    run = playbook(play(options, environment))
    assert run.returncode == 2
    assert sentence in run.tasks["Apply"]["msg"]
    assert "\n" not in run.tasks["Apply"]["msg"]
    assert "Traceback" not in run.output
    assert "expired-token-1234" not in run.output


def test_environment_of_a_task_ends_with_it(playbook):
    """The negative control: the next task has the play's own kubeconfig again."""
    first, second = (json.loads(play({}, env))[0] for env in ({"K8S_AUTH_KUBECONFIG": "/no"}, {}))
    first["tasks"][0] |= {"name": "First", "ignore_errors": True}
    run = playbook(json.dumps([first, second]), "--check")
    assert "No kubeconfig: /no " in run.tasks["First"]["msg"]
    assert run.tasks["Apply"]["msg"] == "1 object: 1 created"
