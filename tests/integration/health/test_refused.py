# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that the API server does not take: refused by a policy, or by a webhook that hangs."""

from __future__ import annotations

import pytest

from tests.integration.health.faults import IMAGE, deployment, named

pytestmark = pytest.mark.slow  # half a minute together

LISTEN = "IO::Socket::INET->new(LocalPort=>8443, Listen=>64) or die; sleep 3600"


def policy(namespace):
    name = f"no-pods-{namespace}"
    pods = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["pods"],
    }
    here = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    group = "admissionregistration.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [pods], "namespaceSelector": here},
            "validations": [{"expression": "false", "message": "pods need an owner label"}],
        },
    }, {
        "apiVersion": f"{group}/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": here},
        },
    }


def webhook(namespace):
    """Takes connections and never answers."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": f"slow-{namespace}"},
        "webhooks": [
            {
                "name": "slow.example.com",
                "timeoutSeconds": 1,
                "failurePolicy": "Fail",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "clientConfig": {"service": {"namespace": namespace, "name": "slow", "port": 443}},
                "rules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": ["pods"],
                    }
                ],
            }
        ],
    }


@pytest.fixture
def slow_server(bench):
    """A Service whose pod takes connections and says nothing."""
    container = {
        "name": "slow",
        "image": IMAGE,
        "command": ["perl", "-MIO::Socket::INET", "-e", LISTEN],
        "ports": [{"containerPort": 8443}],
    }
    labels = {"app": "slow"}
    pod = named("Pod", "slow", spec={"containers": [container], "terminationGracePeriodSeconds": 0})
    pod["metadata"]["labels"] = labels
    ports = [{"port": 443, "targetPort": 8443}]
    service = named("Service", "slow", spec={"selector": labels, "ports": ports})
    assert bench.wait(bench.apply(pod), bench.apply(service)).result["failed"] is False


def test_pods_that_a_policy_refuses(bench, cluster_scoped):
    made = policy(bench.namespace)
    for obj in made:
        cluster_scoped(obj)
    refused = bench.wait(bench.apply(deployment({})), timeout=60.0)
    if refused.result["failed"] is False:  # the policy was not in force yet
        bench.delete(deployment({}))
        refused = bench.wait(bench.apply(deployment({})), timeout=60.0)
    assert refused.last["reason"] == "PodsRefused", refused.seen
    assert "pods need an owner label" in refused.result["msg"]
    assert refused.seconds < 25


def test_a_webhook_that_does_not_answer(bench, cluster_scoped, slow_server):
    hook = webhook(bench.namespace)
    cluster_scoped(hook)
    late = bench.wait(bench.apply(deployment({})), timeout=15.0)
    assert late.last["status"] == "progressing", late.seen
    assert late.last["reason"] == "AdmissionUnavailable", late.seen
    assert 'failed calling webhook "slow.example.com"' in late.result["msg"]
    assert "Repair the webhook" in late.seen
