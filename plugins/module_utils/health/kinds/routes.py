# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway API: routes, Gateways and GatewayClasses say themselves whether they are in force.

Source: gateway-api.sigs.k8s.io, "Conditions" of GEP-1364.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    conditions,
    evidence,
    is_current,
    is_false,
    is_true,
    mapping,
    parts,
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
    wanted = parts(spec(obj).get("parentRefs"))
    parents = parts(status(obj).get("parents"))
    if not parents or not all(any(_same(ref, one) for one in parents) for ref in wanted):
        return progressing("NotAccepted", "no Gateway has taken it yet")
    for parent in parents:
        name = mapping(parent.get("parentRef")).get("name")
        found, where = parts(parent.get("conditions")), f"Gateway {name}"
        kinds = ["Accepted", "ResolvedRefs", *_if_told(found, "Programmed")]
        if verdict := _all_hold(obj, found, kinds, where):
            return verdict
    return ready("accepted", "Accepted")


def gateway(obj: Object, view: View) -> Verdict:
    """Judge a Gateway: accepted, programmed, and each listener's references resolved."""
    own = conditions(obj)
    if verdict := _all_hold(obj, own, ("Accepted", "Programmed"), ""):
        return verdict
    return _listeners(obj) or ready("programmed", "Programmed")


def listener_set(obj: Object, view: View) -> Verdict:
    """Judge a ListenerSet as the Gateway that it adds to."""
    own = conditions(obj)
    kinds = ["Accepted", *_if_told(own, "Programmed")]
    if verdict := _all_hold(obj, own, kinds, ""):
        return verdict
    return _listeners(obj) or ready("accepted", "Accepted")


def backend_policy(obj: Object, view: View) -> Verdict:
    """Judge a BackendTLSPolicy by each ancestor; one that does not know its target has no say."""
    found = [one for one in parts(status(obj).get("ancestors")) if not _is_foreign(one)]
    if not found:
        return progressing("NotAccepted", "no controller has taken it yet")
    for one in found:
        name = mapping(one.get("ancestorRef")).get("name")
        own = parts(one.get("conditions"))
        kinds = ["Accepted", *_if_told(own, "ResolvedRefs")]
        if verdict := _all_hold(obj, own, kinds, f"ancestor {name}"):
            return verdict
    return ready("accepted", "Accepted")


def _is_foreign(ancestor: dict[str, Any]) -> bool:
    accepted = condition(parts(ancestor.get("conditions")), "Accepted")
    return accepted.get("reason") == "TargetNotFound" and not is_true(accepted)


def _listeners(obj: Object) -> Verdict | None:
    for listener in parts(status(obj).get("listeners")):
        found, where = parts(listener.get("conditions")), f"listener {listener.get('name')}"
        if is_true(clash := condition(found, "Conflicted")):
            return _trouble(obj, clash, "Conflicted", f"{where}: {said(clash)}")
        kinds = _if_told(found, "Accepted", "ResolvedRefs", "Programmed")
        if verdict := _all_hold(obj, found, kinds, where):
            return verdict
    return None


def _if_told(found: Conditions, *kinds: str) -> list[str]:
    """Return which of the kinds are there: not every controller reports them."""
    return [kind for kind in kinds if condition(found, kind)]


def _all_hold(obj: Object, found: Conditions, kinds: Iterable[str], where: str) -> Verdict | None:
    verdicts = (_lacking(obj, found, kind, where) for kind in kinds)
    return next((one for one in verdicts if one), None)


def gateway_class(obj: Object, view: View) -> Verdict:
    """Judge a GatewayClass: a controller has taken it."""
    found = conditions(obj)
    return _lacking(obj, found, "Accepted", "") or ready("accepted", "Accepted")


def _same(wanted: dict[str, Any], parent: dict[str, Any]) -> bool:
    """Whether a parent's status is for this parentRef; absent parts of the reference match."""
    have = mapping(parent.get("parentRef"))
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
    if not is_false(one) or reason in NOT_YET or kind == "Programmed":
        return progressing(reason, text, evidence=proof)
    return _trouble(obj, one, kind, text)


def _trouble(obj: Object, one: dict[str, Any], kind: str, text: str) -> Verdict:
    reason, proof = str(one.get("reason") or f"Not{kind}"), (evidence(obj, one),)
    uid = str(metadata(obj).get("uid") or "")
    trouble = Trouble(
        Category.ROUTE, reason, text, container=kind, uid=uid, since=since(one), evidence=proof
    )
    return progressing(reason, text, trouble)
