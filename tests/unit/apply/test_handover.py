# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When `spec.replicas` changes hands: only where the number would be lost or refused otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.handover import (
    HOLDER,
    Handover,
    handover,
    released,
)

HPA = "kube-controller-manager"


def deployment(replicas: int | None, *owners: str, kind: str = "Deployment") -> dict[str, Any]:
    """Return a Deployment whose number has these owners."""
    fields = {"f:spec": {"f:replicas": {}}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {
            "name": "api",
            "namespace": "shop",
            "managedFields": [{"manager": owner, "fieldsV1": fields} for owner in owners],
        },
        "spec": {"paused": True} | ({} if replicas is None else {"replicas": replicas}),
    }


@pytest.mark.parametrize(
    ("case", "desired", "live", "expected"),
    [
        ("an autoscaler arrives", None, deployment(3, "slipway"), Handover(3, None)),
        ("it has written already", None, deployment(3, "slipway", HPA), None),
        ("the holder keeps it", None, deployment(3, HOLDER), None),
        ("nobody was here before", None, None, None),
        ("a fixed number as before", 3, deployment(3, "slipway"), None),
        ("a fixed number changes", 4, deployment(3, "slipway"), None),
        ("an autoscaler goes", 2, deployment(5, HPA, HOLDER), Handover(5, 2)),
        ("it goes and was right", 5, deployment(5, HPA), None),
        ("a person scaled: a conflict to be told", 2, deployment(5, "kubectl"), None),
    ],
)
def test_when(
    case: str, desired: int | None, live: dict[str, Any] | None, expected: Handover | None
) -> None:
    assert handover(deployment(desired), live) == expected, case


def test_other_kinds_have_no_such_number() -> None:
    job = deployment(None, kind="Job")
    assert handover(job, deployment(3, "slipway", kind="Job")) is None


def test_giving_away() -> None:
    desired, turn = deployment(None), Handover(3, None)
    assert turn.rehearsal(desired)["spec"] == {"paused": True, "replicas": 3}
    assert turn.outcome(deployment(3)) == deployment(3)
    assert turn.held(desired) == {**released(desired), "spec": {"replicas": 3}}
    assert desired == deployment(None)


def test_taking_back() -> None:
    desired, turn = deployment(2), Handover(5, 2)
    assert turn.rehearsal(desired)["spec"]["replicas"] == 5
    assert turn.outcome(deployment(5))["spec"]["replicas"] == 2
    assert turn.held(desired)["spec"] == {"replicas": 2}


def test_the_holder_owns_nothing_in_the_end() -> None:
    assert released(deployment(2)) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
    }
