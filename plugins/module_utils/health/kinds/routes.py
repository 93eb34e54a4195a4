# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway API: routes, Gateways and GatewayClasses say themselves whether they are in force.

Source: gateway-api.sigs.k8s.io, "Conditions" of GEP-1364.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Trouble,
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    evidence,
    is_current,
    is_false,
    is_true,
    said,
    since,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, metadata

Conditions = list[dict[str, Any]]
# The controller is at work; it says nothing against the object.
NOT_YET = {"Pending", "NotReconciled", "AddressNotAssigned"}


def route(obj: Object, view: View) -> Verdict:
    """Judge HTTPRoute, GRPCRoute, TLSRoute, TCPRoute and UDPRoute by each of their parents."""
    wanted = spec(obj).get("parentRefs") or []
    parents = status(obj).get("parents") or []
    if not parents or not all(any(_same(ref, one) for one in parents) for ref in wanted):
        return progressing("NotAccepted", "no Gateway has taken it yet")
    for parent in parents:
        name = (parent.get("parentRef") or {}).get("name")
        for kind in ("Accepted", "ResolvedRefs"):
            where = f"Gateway {name}"
            if verdict := _lacking(obj, parent.get("conditions") or [], kind, where):
                return verdict
    return ready("accepted", "Accepted")


def gateway(obj: Object, view: View) -> Verdict:
    """Judge a Gateway: accepted, programmed, and each listener's references resolved."""
    own = status(obj).get("conditions") or []
    for kind in ("Accepted", "Programmed"):
        if verdict := _lacking(obj, own, kind, ""):
            return verdict
    for listener in status(obj).get("listeners") or []:
        found = condition(listener.get("conditions") or [], "ResolvedRefs")
        where = f"listener {listener.get('name')}"
        if is_false(found) and (verdict := _lacking(obj, [found], "ResolvedRefs", where)):
            return verdict
    return ready("programmed", "Programmed")


def gateway_class(obj: Object, view: View) -> Verdict:
    """Judge a GatewayClass: a controller has taken it."""
    found = status(obj).get("conditions") or []
    return _lacking(obj, found, "Accepted", "") or ready("accepted", "Accepted")


def _same(wanted: dict[str, Any], parent: dict[str, Any]) -> bool:
    """Whether a parent's status is for this parentRef; absent parts of the reference match."""
    have = parent.get("parentRef") or {}
    return all(
        wanted.get(key) is None or wanted.get(key) == have.get(key)
        for key in ("name", "sectionName", "port")
    )


def _lacking(obj: Object, found: Conditions, kind: str, where: str) -> Verdict | None:
    """Return the verdict unless the condition holds for this generation."""
    lead = f"{where}: " if where else ""
    one = condition(found, kind)
    if not one or not is_current(obj, one):
        return progressing(f"Not{kind}", f"{lead}not {kind} yet")
    if is_true(one):
        return None
    text = f"{lead}{kind} is {one.get('status')}: {said(one)}"
    proof = (evidence(obj, one),)
    reason = str(one.get("reason") or f"Not{kind}")
    if not is_false(one) or reason in NOT_YET:
        return progressing(reason, text, evidence=proof)
    uid = str(metadata(obj).get("uid") or "")
    trouble = Trouble(
        Category.ROUTE, reason, text, container=kind, uid=uid, since=since(one), evidence=proof
    )
    return progressing(reason, text, trouble)
