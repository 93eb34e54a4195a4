# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads of a refused object."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import (
    Conflict,
    Refusal,
    conflicts,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.secrets import SecretError

API = {"apiVersion": "apps/v1", "kind": "Deployment"}
DEPLOYMENT = {**API, "metadata": {"name": "api", "namespace": "shop"}}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s", "namespace": "shop"},
    "data": {"a": "aHVudGVyMg=="},
}


def cause(field, message):
    return {"reason": "FieldManagerConflict", "field": field, "message": message}


CONFLICT = ApiError(
    409,
    "Conflict",
    "Apply failed with 2 conflicts: ...",
    {
        "causes": [
            cause(".spec.replicas", 'conflict with "kubectl" with subresource "scale" using v1'),
            cause(".spec.paused", 'conflict with "argo cd" using apps/v1 at 2026-11-22T00:00:00Z'),
        ]
    },
)
PARSER = "failed to create typed patch object (shop/s; /v1, Kind=Secret): "

SENTENCES = {
    "conflict": (
        DEPLOYMENT,
        CONFLICT,
        "Deployment shop/api: another manager set .spec.replicas (by kubectl), .spec.paused (by "
        "argo cd). Nothing was forced. Leave the field out of the object, or take it over with "
        "force_conflicts: true.",
    ),
    "unknown field": (
        DEPLOYMENT,
        ApiError(500, "Internal Server Error", PARSER + ".dat: field not declared in schema", {}),
        "Deployment shop/api: .dat: field not declared in schema. Correct the object.",
    ),
    "wrong type, value not quoted": (
        SECRET,
        ApiError(
            500,
            "Internal Server Error",
            PARSER + ".data.a: expected string, got &value.valueUnstructured{Value:hunter2}",
            {},
        ),
        "Secret shop/s: .data.a: expected string. Correct the object.",
    ),
    "value of a Secret quoted by the server": (
        SECRET,
        ApiError(422, "Invalid", 'data[a]: Invalid value: "hunter2"', {}),
        'Secret shop/s: data[a]: Invalid value: "********" (422 Invalid). Correct the object.',
    ),
    "no permission": (
        DEPLOYMENT,
        ApiError(403, "Forbidden", 'User "u" cannot patch resource', {}, asked="PATCH /x"),
        'Deployment shop/api: No permission: User "u" cannot patch resource. Asked: PATCH /x. '
        "Grant it by a Role or ClusterRole, or name another kubeconfig or context.",
    ),
    "not sent": (
        SECRET,
        SecretError("it needs values that nobody gave: secret_values.a.b"),
        "Secret shop/s: it needs values that nobody gave: secret_values.a.b",
    ),
}


@pytest.mark.parametrize(("obj", "error", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_sentence(obj, error, sentence):
    assert str(Refusal(obj, error)) == sentence


def test_conflicts_name_field_and_manager():
    assert conflicts(CONFLICT) == [
        Conflict(".spec.replicas", "kubectl"),
        Conflict(".spec.paused", "argo cd"),
    ]
    assert conflicts(ApiError(409, "Conflict", "the object has been modified", {})) == []


def test_entry_of_the_result():
    entry = Refusal(DEPLOYMENT, CONFLICT).as_dict()
    assert (entry["kind"], entry["name"], entry["status"]) == ("Deployment", "api", 409)
    assert entry["conflicts"][0] == {"field": ".spec.replicas", "manager": "kubectl"}
