# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the cluster and answered: certificates, devices, attached volumes."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    evidence,
    is_true,
    mapping,
    said,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)


def signing_request(obj: Object, view: View) -> Verdict:
    """Judge a request for a certificate: an approved one is not signed yet."""
    for word in ("Denied", "Failed"):
        said_no = condition(conditions(obj), word)
        if is_true(said_no):
            return failed(word, said(said_no), (evidence(obj, said_no),))
    if status(obj).get("certificate"):
        return ready("signed", "Signed")
    if is_true(condition(conditions(obj), "Approved")):
        return progressing("NotSigned", "it is approved, but its signer has not signed it yet")
    return progressing("NotApproved", "nobody has approved it yet")


def device_claim(obj: Object, view: View) -> Verdict:
    """Judge a ResourceClaim: it gets its devices when a pod uses it."""
    if status(obj).get("allocation"):
        return ready("allocated", "Allocated")
    return ready("ready for a pod that uses it", "WaitForFirstConsumer")


def attachment(obj: Object, view: View) -> Verdict:
    """Judge a VolumeAttachment; its controller repeats what did not work."""
    have = status(obj)
    if have.get("attached") is True:
        return ready("attached", "Attached")
    message = str(mapping(have.get("attachError")).get("message") or "")
    if not message:
        return progressing("NotAttached", "not attached yet")
    uid = str(metadata(obj).get("uid") or "")
    proof = (Evidence(str(ref(obj)), f"attachError: {message}"),)
    trouble = Trouble(Category.VOLUME, "AttachFailed", message, uid=uid, evidence=proof)
    return progressing("AttachFailed", message, trouble)
