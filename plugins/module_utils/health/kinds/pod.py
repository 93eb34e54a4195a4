# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod: ready when it serves, or has done its work and was not to be restarted."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health import workload
from ansible_collections.slipway.stack.plugins.module_utils.health.claims import blocked_claims
from ansible_collections.slipway.stack.plugins.module_utils.health.containers import containers
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Verdict,
    failed,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.pods import is_ready
from ansible_collections.slipway.stack.plugins.module_utils.health.read import owners, spec, status
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref


def pod(obj: Object, view: View) -> Verdict:
    """Judge a Pod by its phase, then by its containers."""
    phase = status(obj).get("phase")
    if phase == "Succeeded":
        return _succeeded(obj)
    if phase == "Failed":
        return _failed(obj)
    verdict = progressing("NotReady", str(phase or "no status yet"))
    if is_ready(obj):
        verdict = _running(obj)
    return workload.explained(verdict, [obj], view, held=blocked_claims([obj], view))


def _running(obj: Object) -> Verdict:
    """Judge by what its end means: one that is not started again is a task, and not done yet."""
    policy = str(spec(obj).get("restartPolicy", "Always"))
    if policy == "Always":
        return ready()
    return progressing("Running", f"runs; it is done when it has ended (restartPolicy {policy})")


def _succeeded(obj: Object) -> Verdict:
    if spec(obj).get("restartPolicy") == "Always":
        return failed("Ended", "it ended although it should go on (restartPolicy Always)")
    return ready("succeeded", "Succeeded")


def _failed(obj: Object) -> Verdict:
    have = status(obj)
    reason = str(have.get("reason") or "PodFailed")
    if have.get("reason") in ("Evicted", "Preempting", "NodeLost") and owners(obj):
        return progressing(reason, "its controller replaces it")
    words = [str(have.get("message") or ""), *map(_ended, _ended_badly(obj))]
    message = "; ".join(word for word in words if word) or "a container ended with an error"
    return failed(reason, message, (Evidence(str(ref(obj)), f"phase Failed: {message}"),))


def _ended_badly(obj: Object) -> list[tuple[str, dict[str, object]]]:
    return [
        (one.name, one.ended)
        for one in containers(obj)
        if one.ended and one.ended.get("exitCode") != 0
    ]


def _ended(found: tuple[str, dict[str, object]]) -> str:
    name, ended = found
    reason = f" ({ended['reason']})" if ended.get("reason") else ""
    return f"container {name} exited with code {ended.get('exitCode')}{reason}"
