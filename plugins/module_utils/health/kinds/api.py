# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server says of itself: CustomResourceDefinition, APIService, Namespace."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Status,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    evidence,
    is_false,
    is_true,
    said,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

# set while a namespace ends; source: kubernetes/pkg/controller/namespace/deletion
BLOCKERS = (
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionContentFailure",
)


def definition(obj: Object, view: View) -> Verdict:
    """Judge a CustomResourceDefinition: established, with names that nobody else has."""
    found = conditions(obj)
    accepted = condition(found, "NamesAccepted")
    established = condition(found, "Established")
    if is_false(accepted):
        return failed("NamesNotAccepted", said(accepted), (evidence(obj, accepted),))
    bad_schema = condition(found, "NonStructuralSchema")
    if is_true(bad_schema):
        return failed("NonStructuralSchema", said(bad_schema), (evidence(obj, bad_schema),))
    if is_true(ending := condition(found, "Terminating")):
        return Verdict(Status.TERMINATING, "Terminating", said(ending), (evidence(obj, ending),))
    if is_true(established):
        return ready("established", "Established")
    if is_false(established) and established.get("reason") not in ("Installing", None):
        return failed(str(established["reason"]), said(established), (evidence(obj, established),))
    return progressing("Installing", "not established yet")


def api_service(obj: Object, view: View) -> Verdict:
    """Judge an APIService: the API server reaches what serves it."""
    available = condition(conditions(obj), "Available")
    if is_true(available):
        return ready("available", "Available")
    if not available:
        return progressing("NotObserved", "no status yet")
    reason = str(available.get("reason") or "NotAvailable")
    return progressing(reason, said(available), evidence=(evidence(obj, available),))


def namespace(obj: Object, view: View) -> Verdict:
    """Judge a Namespace; one that cannot end names what holds it."""
    phase = status(obj).get("phase")
    if phase == "Terminating" or metadata(obj).get("deletionTimestamp"):
        return _ending(obj)
    if phase == "Active":
        return ready("active", "Active")
    return progressing("NotObserved", "no status yet")


def _ending(obj: Object) -> Verdict:
    held = [one for kind in BLOCKERS if is_true(one := condition(conditions(obj), kind))]
    proof = tuple(evidence(obj, one) for one in held)
    if held:
        text = "; ".join(said(one) for one in held)
        return Verdict(Status.TERMINATING, "StuckTerminating", f"cannot end: {text}", proof)
    own = ", ".join(spec(obj).get("finalizers") or metadata(obj).get("finalizers") or [])
    text = f"is being deleted (finalizers: {own})" if own else "is being deleted"
    return Verdict(Status.TERMINATING, "Terminating", text, (Evidence(str(ref(obj)), text),))
