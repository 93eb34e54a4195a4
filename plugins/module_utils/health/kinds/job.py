# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job: ready when Complete; FailureTarget is believed at once. CronJob: ready when it exists.

Source: kubernetes.io/docs, "Job termination and cleanup". kstatus and krane call a running Job
done: wrong for who waits for its result.
"""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health import workload
from ansible_collections.slipway.stack.plugins.module_utils.health.claims import blocked_claims
from ansible_collections.slipway.stack.plugins.module_utils.health.containers import containers
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    count,
    evidence,
    is_true,
    plural,
    said,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)


def job(obj: Object, view: View) -> Verdict:
    """Judge a Job by its conditions; a running one is explained by its pods."""
    found = conditions(obj)
    if is_true(condition(found, "Complete")):
        return ready("complete", "Complete")
    for kind in ("Failed", "FailureTarget"):
        if is_true(over := condition(found, kind)):
            return _failed(obj, over, view)
    if over := _over_limit(obj):
        return _failed(obj, over, view)
    if spec(obj).get("suspend") or is_true(condition(found, "Suspended")):
        return suspended("suspended: nothing runs until spec.suspend is false")
    if is_true(condition(found, "SuccessCriteriaMet")):
        return progressing("Ending", "succeeded; its last pods are ending")
    return _running(obj, view)


def _over_limit(obj: Object) -> dict[str, object]:
    """Return what its controller is about to say of a Job that has no attempt left."""
    limit, bad = spec(obj).get("backoffLimit"), count(status(obj), "failed")
    if not isinstance(limit, int) or spec(obj).get("podFailurePolicy") or bad <= limit:
        return {}
    text = f"{plural(bad, 'failed attempt')}, more than its backoffLimit of {limit}"
    return {"reason": "BackoffLimitExceeded", "message": text, "type": "Failed"}


def _running(obj: Object, view: View) -> Verdict:
    have = status(obj)
    if not have.get("active") and not have.get("succeeded") and not have.get("failed"):
        verdict = progressing("Starting", "no pod yet")
    else:
        want = count(spec(obj), "completions", 1)
        bad = f", {plural(count(have, 'failed'), 'failed attempt')}" if have.get("failed") else ""
        verdict = progressing("Running", f"{count(have, 'succeeded')}/{want} done{bad}")
    pods = view.related.owned("Pod", obj)
    held = workload.not_created(obj, view) + blocked_claims(pods, view)
    # The Job itself counts crashes against its backoffLimit.
    without = frozenset({Category.CRASH})
    return workload.explained(verdict, pods, view, held=held, without=without)


def _failed(obj: Object, over: dict[str, object], view: View) -> Verdict:
    proof = [evidence(obj, over), *_ends(obj, view)]
    cause = f"; {proof[1].text}" if len(proof) > 1 else ""
    return failed(str(over.get("reason") or "JobFailed"), f"{said(over)}{cause}", tuple(proof))


def _ends(obj: Object, view: View) -> list[Evidence]:
    """How the containers of its failed pods ended, the last one first."""
    pods = sorted(view.related.owned("Pod", obj), key=_created, reverse=True)
    return [
        Evidence(
            f"{ref(pod)}, container {one.name}",
            f"container {one.name} exited with code {one.ended.get('exitCode')}"
            f" ({one.ended.get('reason')})",
        )
        for pod in pods
        for one in containers(pod)
        if one.ended and one.ended.get("exitCode") != 0
    ]


def cron_job(obj: Object, view: View) -> Verdict:
    """Judge a CronJob: it exists; a failed last Job is worth a warning."""
    if spec(obj).get("suspend"):
        return suspended("suspended: no Job starts until spec.suspend is false")
    last = max(view.related.owned("Job", obj), key=_created, default=None)
    bad = last and is_true(condition(conditions(last), "Failed"))
    warning = f"its last Job {metadata(last or {}).get('name')} failed" if bad else ""
    return ready("scheduled", "Scheduled", warning=warning)


def _created(obj: Object) -> float:
    return seconds(metadata(obj).get("creationTimestamp")) or 0.0
