# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a cluster that lacks something: what, who needs it, what to do."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.discovery import Discovery
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.preflight.ask import (
    gaps,
    shortfall,
    too_old,
)
from ansible_collections.slipway.stack.plugins.module_utils.preflight.needs import Need

GROUPS = {
    "": {"Secret": "secrets"},
    "networking.k8s.io": {"Ingress": "ingresses", "IngressClass": "ingressclasses"},
    "external-secrets.io": {"ExternalSecret": "externalsecrets", "SecretStore": "secretstores"},
}
CLUSTER_SCOPED = {"IngressClass"}
INGRESS = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "web"},
    "spec": {"ingressClassName": "nginx", "tls": [{"secretName": "web-tls"}]},
}
EXTERNAL = {
    "apiVersion": "external-secrets.io/v1",
    "kind": "ExternalSecret",
    "metadata": {"name": "auth"},
    "spec": {"secretStoreRef": {"kind": "SecretStore", "name": "vault"}},
}
SCALED = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "worker"}}
CLASS = "/apis/networking.k8s.io/v1/ingressclasses"
SECRET = "/api/v1/namespaces/shop/secrets"
STORE = "/apis/external-secrets.io/v1/namespaces/shop/secretstores/vault"
GOOD = {
    f"{CLASS}/nginx": {},
    f"{SECRET}/web-tls": {"data": {"tls.crt": "", "tls.key": ""}},
    STORE: {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
}


class Cluster:
    """Answers what it was given; everything else does not exist, or is forbidden."""

    def __init__(self, answers, minor="34", otherwise=404):
        version = {"major": "1", "minor": minor, "gitVersion": f"v1.{minor}.2"}
        self.answers = {"/version": version, **answers}
        self.otherwise = otherwise

    def request(self, _method, path):
        if path in self.answers:
            return self.answers[path]
        raise ApiError(self.otherwise, "", path, {})

    def discovery(self):
        documents = []
        for group, kinds in GROUPS.items():
            resources = [
                {
                    "resource": plural,
                    "responseKind": {"kind": kind},
                    "scope": "Cluster" if kind in CLUSTER_SCOPED else "Namespaced",
                }
                for kind, plural in kinds.items()
            ]
            versions = [{"version": "v1", "resources": resources}]
            documents.append({"items": [{"metadata": {"name": group}, "versions": versions}]})
        return Discovery(documents)


def said(objects, answers, **options):
    return list(gaps(Cluster(answers, **options), objects, "shop"))


def without(path):
    return {key: value for key, value in GOOD.items() if key != path}


def test_nothing_is_said_of_a_cluster_that_has_all():
    assert said([INGRESS, EXTERNAL], GOOD) == []


COMPLAINTS = {
    "an operator": (SCALED, GOOD, "does not serve ScaledObject of keda.sh/v1alpha1", "KEDA first"),
    "a class": (
        INGRESS,
        {**without(f"{CLASS}/nginx"), CLASS: {"items": [{"metadata": {"name": "contour"}}]}},
        "Ingress web needs IngressClass nginx, which does not exist.",
        "There is: contour.",
    ),
    "a class like it": (
        INGRESS,
        {**without(f"{CLASS}/nginx"), CLASS: {"items": [{"metadata": {"name": "nginx-int"}}]}},
        "IngressClass nginx",
        'Did you mean "nginx-int"?',
    ),
    "all of a kind": (
        INGRESS,
        {**without(f"{SECRET}/web-tls"), SECRET: {"items": []}},
        "needs Secret web-tls in namespace shop, which does not exist.",
        "There is no Secret at all.",
    ),
    "a key": (
        INGRESS,
        {**GOOD, f"{SECRET}/web-tls": {"data": {"tls.key": ""}}},
        "Secret web-tls in namespace shop with a key tls.crt; its keys: tls.key.",
        "Add the key.",
    ),
    "what a controller says": (
        EXTERNAL,
        {
            STORE: {
                "status": {
                    "conditions": [{"type": "Ready", "status": "False", "message": "403 of Vault"}]
                }
            }
        },
        "SecretStore vault in namespace shop, which is not Ready: 403 of Vault.",
        "Repair it first.",
    ),
    "a controller": (
        EXTERNAL,
        {STORE: {}},
        "of which nobody says that it is Ready.",
        "Does its controller run?",
    ),
}


@pytest.mark.parametrize("case", COMPLAINTS)
def test_a_gap_is_told(case):
    obj, answers, *words = COMPLAINTS[case]
    (sentence,) = said([obj], answers)
    assert all(word in sentence for word in words), sentence


def test_all_gaps_are_told_at_once():
    found = said([SCALED, INGRESS, EXTERNAL], {})
    words = ("ScaledObject", "IngressClass nginx", "Secret web-tls", "SecretStore vault")
    assert all(word in sentence for word, sentence in zip(words, found, strict=True)), found


def test_what_several_need_is_told_once():
    again = {**INGRESS, "metadata": {"name": "api"}}
    again["spec"] = {**INGRESS["spec"], "tls": []}
    assert len(said([INGRESS, again], {})) == 2


def test_what_may_not_be_looked_at_is_no_gap():
    assert said([INGRESS, EXTERNAL], {}, otherwise=403) == []


GATEWAY = Need("gateway.networking.k8s.io/v1", "Gateway", "gw", "shared", "web", "Programmed")
REASONS = {"ListenersNotValid": "", "Invalid": "which is not Programmed: Invalid."}


@pytest.mark.parametrize("reason", REASONS)
def test_a_listener_that_waits_for_this_deployment_is_no_gap(reason):
    """As Contour says it of one whose ReferenceGrant is still to come."""
    condition = {"type": "Programmed", "status": "False", "reason": reason}
    found = " ".join(shortfall(GATEWAY, {"status": {"conditions": [condition]}}, "gw"))
    assert REASONS[reason] in found
    assert bool(found) is bool(REASONS[reason])


VERSIONS = {("1", "26"): True, ("1", "27"): False, ("1", "34+"): False, ("2", "0"): False}


@pytest.mark.parametrize("version", VERSIONS)
def test_versions(version):
    major, minor = version
    found = list(too_old({"major": major, "minor": minor, "gitVersion": f"v{major}.{minor}.1"}))
    assert bool(found) is VERSIONS[version]
    assert all("1.27 or newer is needed" in sentence for sentence in found)
