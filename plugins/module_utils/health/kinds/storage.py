# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PersistentVolumeClaim and PersistentVolume, by their phases."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health.claims import (
    claim_trouble,
    waits_for_consumer,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import status
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref


def claim(obj: Object, view: View) -> Verdict:
    """Judge a claim: Bound, or waiting for the pod that will use it."""
    phase = status(obj).get("phase")
    if phase == "Bound":
        return ready("bound", "Bound")
    if phase == "Lost":
        proof = (Evidence(str(ref(obj)), "phase Lost"),)
        return failed("Lost", "its volume is gone; the data may be lost with it", proof)
    if phase is None:
        return progressing("NotObserved", "no status yet")
    trouble = claim_trouble(obj, view.related)
    if not trouble and waits_for_consumer(obj, view.related):
        return ready("ready for a pod that uses it", "WaitForFirstConsumer")
    words = trouble.message if trouble else "not bound yet"
    return progressing("Pending", words, *([trouble] if trouble else []))


def volume(obj: Object, view: View) -> Verdict:
    """Judge a volume by its phase. A released one still holds somebody's data."""
    have = status(obj)
    phase = have.get("phase")
    if phase in ("Available", "Bound"):
        return ready(phase.lower(), phase)
    if phase == "Failed":
        message = str(have.get("message") or "it could not be reclaimed")
        return failed(
            "VolumeFailed", message, (Evidence(str(ref(obj)), f"phase Failed: {message}"),)
        )
    return progressing(str(phase or "NotObserved"), "not available yet")
