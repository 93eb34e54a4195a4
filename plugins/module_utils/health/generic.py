# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule for kinds that nobody told us of: read conditions and phase, and fail closed.

kstatus's "no condition → Current" calls most custom resources ready that are not; here a kind
that has reported nothing is progressing, and every condition that claims something good must hold.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Status,
    Trouble,
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
    is_current,
    is_false,
    is_true,
    said,
    since,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.health.words import (
    FINISHED,
    UNFINISHED,
    Denial,
    Sense,
    denial,
    is_under_way,
    phase_sense,
    type_sense,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

# Where operators keep one word for it all, the first that is there.
PHASE_KEYS = ("phase", "state", "status", "health", "currentState", "lifecycleState", "stage")
# Crossplane's claims and composites have kinds of anybody's; they say Synced before Ready.
COMPOSED = ("Synced", "ReconcileSuccess")
# Deployment's Progressing stays True when it is done; many operators copy that.
DONE = (
    "NewReplicaSetAvailable",
    "NewReplicationControllerAvailable",
    "Complete",
    "Completed",
    "Success",
    "AsExpected",
)


def by_conditions(obj: Object, view: View, *, final: bool | None = None) -> Verdict:
    """Judge by what is bad, then by what is asleep or busy, then by what is good.

    final: whether a False of what is good is a failure; None: as its reason sounds.
    """
    if not status(obj) and view.reports is False:
        return ready("exists", "Exists")
    if not status(obj):
        return progressing("NoStatus", "its controller has not reported yet")
    found = conditions(obj)
    if not all(is_current(obj, one) for one in found):
        return progressing("NotObserved", "its controller has not seen this generation yet")
    return (
        _bad(obj, found)
        or _phase(obj, Sense.BAD)
        or _asleep(found)
        or _phase(obj, Sense.ASLEEP)
        or _busy(obj, found)
        or _good(obj, found, final)
        or _phase(obj, Sense.GOOD)
        or _phase(obj, Sense.BUSY)
        or _told_by_flag(obj)
        or _replicas(obj)
        or progressing("NotReported", "nothing in its status says that it is ready")
    )


def lacking(obj: Object, one: dict[str, Any], *, final: bool | None = None) -> Verdict:
    """Return the verdict of a condition that should be True.

    final: whether time will not help; None: as its reason sounds. A controller that says "not
    ready" for ten minutes without a word of being at work is not at work.
    """
    reason, proof = str(one.get("reason") or f"Not{one.get('type')}"), (evidence(obj, one),)
    sense = denial(str(one.get("reason") or ""))
    if one.get("type") in UNFINISHED and not one.get("reason"):
        sense = Denial.PASSING
    if final is not None:
        sense = Denial.FINAL if final else Denial.PASSING
    if sense is Denial.PASSING or not is_false(one):
        return progressing(reason, said(one), evidence=proof)
    kind = Category.CUSTOM if sense is Denial.FINAL else Category.DENIED
    uid = str(metadata(obj).get("uid") or "")
    trouble = Trouble(kind, reason, said(one), uid=uid, since=since(one), evidence=proof)
    return progressing(reason, said(one), trouble)


def _bad(obj: Object, found: list[dict[str, Any]]) -> Verdict | None:
    for one in found:
        if is_true(one) and type_sense(str(one.get("type"))) is Sense.BAD:
            return failed(str(one.get("reason") or one["type"]), said(one), (evidence(obj, one),))
    return None


def _asleep(found: list[dict[str, Any]]) -> Verdict | None:
    for one in found:
        if is_true(one) and type_sense(str(one.get("type"))) is Sense.ASLEEP:
            return suspended(said(one))
    return None


def _busy(obj: Object, found: list[dict[str, Any]]) -> Verdict | None:
    for one in found:
        reason = str(one.get("reason") or one.get("type"))
        if is_true(one) and type_sense(str(one.get("type"))) is Sense.BUSY and reason not in DONE:
            return progressing(reason, said(one), evidence=(evidence(obj, one),))
    return None


def _good(obj: Object, found: list[dict[str, Any]], final: bool | None) -> Verdict | None:
    done = next((one for one in found if one.get("type") in FINISHED and is_true(one)), None)
    if done and not is_false(condition(found, "Ready")):
        return ready(said(done), str(done.get("reason") or done["type"]))
    word, sense = _word(obj)
    good = [one for one in found if type_sense(str(one.get("type"))) is Sense.GOOD]
    for one in good:
        if not is_true(one):
            is_clear = denial(str(one.get("reason") or "")) is Denial.FINAL
            at_work = is_under_way(word) and not is_clear
            return lacking(obj, one, final=False if at_work else final)
    if not good:
        return None
    if len(good) == 1 and (good[0].get("type"), good[0].get("reason")) == COMPOSED:
        return progressing("NotReady", "it is composed, but does not say Ready yet")
    if sense is Sense.BUSY and word:
        return progressing(word, f"its conditions are good, but it says {word}")
    last = next((one for one in good if one.get("type") == "Ready"), good[-1])
    return ready(said(last), str(last.get("reason") or last["type"]))


def _phase(obj: Object, wanted: Sense) -> Verdict | None:
    word, sense = _word(obj)
    if not word or sense is not wanted:
        return None
    told = str(status(obj).get("message") or f"it says {word}")
    proof = (Evidence(str(ref(obj)), f"status: {word}"),)
    verdicts = {
        Sense.GOOD: Status.READY,
        Sense.BAD: Status.FAILED,
        Sense.ASLEEP: Status.SUSPENDED,
        Sense.BUSY: Status.PROGRESSING,
    }
    return Verdict(verdicts[sense], word, told, proof)


def _told_by_flag(obj: Object) -> Verdict | None:
    """Read ``status.ready: true`` of kinds that say no more (Cluster API's providers)."""
    for key in ("ready", "healthy"):
        value = status(obj).get(key)
        if value is True:
            return ready()
        if value is False:
            return progressing("NotReady", f"status.{key} is false")
    return None


def _replicas(obj: Object) -> Verdict | None:
    """Read what is shaped like a Deployment and says no more: each count must be the wanted one."""
    have = status(obj)
    want = spec(obj).get("replicas", have.get("replicas"))
    if not isinstance(want, int) or not isinstance(have.get("readyReplicas"), int):
        return None
    for key in ("updatedReplicas", "updatedReadyReplicas", "readyReplicas", "availableReplicas"):
        if key in have and count(have, key) < want:
            return progressing("NotReady", f"{key} is {count(have, key)} of {want}")
    return ready(f"{want}/{want} ready")


def _word(obj: Object) -> tuple[str, Sense]:
    found = (status(obj).get(key) for key in PHASE_KEYS)
    word = next((one for one in found if isinstance(one, str) and one), "")
    return word, phase_sense(word)
