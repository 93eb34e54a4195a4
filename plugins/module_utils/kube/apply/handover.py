# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who decides how many pods run: `spec.replicas` changes owner before it is dropped or taken back.

Leaving the field out of an apply gives it up; if nobody else owns it, the API server sets it to 1
in that moment, and all pods but one end. So another field manager holds it until an autoscaler
writes it for the first time. On the way back our number would conflict with the autoscaler's.
Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.kube.ownership import MANAGER

HOLDER = f"{MANAGER}-handover"
AUTOSCALERS = frozenset((HOLDER, "kube-controller-manager", "keda", "keda-operator"))
_SCALED = ("Deployment", "StatefulSet")


class Handover(NamedTuple):
    """The number changes hands. live: as it is now. wanted: ours; None leaves it to others."""

    live: int
    wanted: int | None

    def rehearsal(self, desired: Object) -> Object:
        """Return what can be rehearsed in one request: all but the number."""
        return _with_replicas(desired, self.live)

    def outcome(self, answer: Object) -> Object:
        """Return the answer to the rehearsal as it will be after the handover."""
        return answer if self.wanted is None else _with_replicas(answer, self.wanted)

    def held(self, desired: Object) -> Object:
        """Return what the holder applies before us."""
        number = self.live if self.wanted is None else self.wanted
        return {**released(desired), "spec": {"replicas": number}}


def handover(desired: Mapping[str, Any], live: Mapping[str, Any] | None) -> Handover | None:
    """Return the change of hands that an apply needs, None if it needs none."""
    if not live or desired["kind"] not in _SCALED:
        return None
    wanted, number = desired["spec"].get("replicas"), live["spec"].get("replicas")
    owners = _owners(live)
    if number is None or number == wanted:
        return None
    if wanted is None:
        return Handover(number, None) if owners == {MANAGER} else None
    return Handover(number, wanted) if owners and owners <= AUTOSCALERS else None


def released(desired: Mapping[str, Any]) -> Object:
    """Return what the holder applies to own nothing."""
    meta = {key: desired["metadata"][key] for key in ("name", "namespace")}
    return {"apiVersion": desired["apiVersion"], "kind": desired["kind"], "metadata": meta}


def _owners(live: Mapping[str, Any]) -> set[str]:
    entries = live["metadata"].get("managedFields", [])
    return {
        entry["manager"]
        for entry in entries
        if "f:replicas" in entry.get("fieldsV1", {}).get("f:spec", {})
    }


def _with_replicas(obj: Object, number: int) -> Object:
    copy = deepcopy(obj)
    copy["spec"]["replicas"] = number
    return copy
