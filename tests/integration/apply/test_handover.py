# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A number of pods, then an autoscaler, then a number again: it is never reset on the way."""

from __future__ import annotations

import pytest

from tests.integration.apply.samples import actions, deployment

AUTOSCALER = "kube-controller-manager"


def api(replicas=None):
    """A Deployment that starts no pods, with or without a number."""
    made = deployment()
    made["spec"] |= {"paused": True, "replicas": replicas}
    return made if replicas is not None else {**made, "spec": without(made["spec"], "replicas")}


def without(values, key):
    return {name: value for name, value in values.items() if name != key}


@pytest.fixture
def replicas(client, namespace):
    """Callable: the live number; with an argument it scales, as the autoscaler does."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/api"

    def live(wanted=None, manager=AUTOSCALER):
        if wanted is not None:
            client.request(
                "PATCH",
                f"{path}/scale",
                query={"fieldManager": manager},
                body={"spec": {"replicas": wanted}},
                content_type="application/merge-patch+json",
            )
        return client.request("GET", path)["spec"]["replicas"]

    return live


def test_the_number_survives_the_way_to_an_autoscaler_and_back(apply, namespace, replicas):
    options = {"namespace": namespace}
    apply([api(3)], **options)
    assert not apply([api()], check=True, **options).get("failed")
    apply([api()], **options)
    assert replicas() == 3
    assert actions(apply([api()], **options)) == ["unchanged"]

    assert replicas(5) == 5
    assert actions(apply([api()], **options)) == ["unchanged"]
    assert replicas() == 5

    predicted = apply([api(2)], check=True, **options)
    assert actions(predicted) == actions(apply([api(2)], **options)) == ["configured"]
    assert "replicas: 2" in predicted["diff"][0]["after"]
    assert replicas() == 2
    assert actions(apply([api(2)], **options)) == ["unchanged"]
    assert actions(apply([api(4)], **options)) == ["configured"]
    assert replicas() == 4


def test_what_a_person_scaled_is_a_conflict(apply, namespace, replicas):
    apply([api(3)], namespace=namespace)
    replicas(5, manager="kubectl")
    refused = apply([api(2)], namespace=namespace)
    assert refused["failed"]
    assert "kubectl" in refused["msg"]
    assert replicas() == 5
