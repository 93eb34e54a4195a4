# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server takes all that is rendered: its own admission, strict, as a dry run.

Pod Security *restricted* is enforced on every pod that a workload, a migration or a datastore of
ours makes. Pods that an operator makes (CloudNativePG's) are its own.
"""

from __future__ import annotations

import copy

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import run as apply
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError

from tests.integration.objects.places import given, places, pods
from tests.integration.objects.schemas import CRDS

PLACES = {place.name: place for place in places()}
LEVEL = "pod-security.kubernetes.io/enforce"
# One by one, in seconds.
REHEARSED = [name for name in PLACES if name.endswith(("-kind", "-production"))]
LOOSENED = {
    "privileged": ("container", {"privileged": True, "allowPrivilegeEscalation": True}),
    "may gain privileges": ("container", {"allowPrivilegeEscalation": True}),
    "keeps capabilities": ("container", {"capabilities": {}}),
    "may run as root": ("pod", {"runAsNonRoot": False}),
    "any system call": ("pod", {"seccompProfile": {"type": "Unconfined"}}),
}


@pytest.fixture(scope="module")
def guarded(client, make_namespaces):
    """A namespace that enforces *restricted*."""
    with make_namespaces() as fresh:
        namespace = fresh()
        body = {"metadata": {"labels": {LEVEL: "restricted"}}}
        path = f"/api/v1/namespaces/{namespace}"
        client.request("PATCH", path, body=body, content_type="application/merge-patch+json")
        yield namespace


@pytest.fixture(scope="module")
def rehearse(client, guarded):
    """Callable: create a pod in the guarded namespace, dry; with its ServiceAccount."""
    path = f"/api/v1/namespaces/{guarded}"
    known = set()

    def create(pod):
        account = pod["spec"]["serviceAccountName"]
        if account not in known:
            body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}
            client.request("POST", f"{path}/serviceaccounts", body=body)
            known.add(account)
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        return client.request("POST", f"{path}/pods", query=query, body=pod)

    return create


@pytest.mark.parametrize("name", PLACES)
def test_every_pod_is_restricted(everything, rehearse, name):
    made = [pod for thing in everything[name] for pod in pods(thing)]
    assert made
    for pod in made:
        rehearse(pod)


@pytest.mark.parametrize("name", LOOSENED)
def test_a_loosened_pod_is_refused(everything, rehearse, name):
    where, change = LOOSENED[name]
    sound = next(pod for thing in everything["shop-production"] for pod in pods(thing))
    pod = copy.deepcopy(sound)
    at = pod["spec"] if where == "pod" else pod["spec"]["containers"][0]
    at["securityContext"] |= change
    rehearse(sound)
    with pytest.raises(ApiError, match='violates PodSecurity "restricted') as refused:
        rehearse(pod)
    assert refused.value.status == 403


@pytest.mark.parametrize("name", REHEARSED)
def test_every_object_is_accepted(kubeconfig, namespace, name):
    things = PLACES[name].objects(namespace)
    here = [one for one in things if one["apiVersion"].rpartition("/")[0] not in CRDS]
    options = {
        "kubeconfig": str(kubeconfig),
        "namespace": namespace,
        "objects": here,
        "secret_values": given(things),
    }
    result = apply.run(options, check=True, report=lambda _line: None)
    assert not result.get("failed"), result.get("msg")
    assert len(result["resources"]) == len(here) > 10
