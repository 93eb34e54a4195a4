# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of custom resources: what condition types, reasons and phases mean.

Source: Kubernetes API conventions, "Typical status properties", and the API types of the operators
that rules/ names; operators that nobody listed mostly use the same words.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Sense(StrEnum):
    """What it means that a condition holds, or that a phase is reached."""

    GOOD = "good"
    BAD = "bad"
    BUSY = "busy"
    ASLEEP = "asleep"
    NONE = "none"


class Denial(StrEnum):
    """Whether a False condition will become True by itself."""

    FINAL = "final"
    PASSING = "passing"
    UNCLEAR = "unclear"


# The last word of a CamelCase condition type tells its sense: ``DatabaseReady``, ``SyncFailed``.
_BAD_TYPE = re.compile(
    r"(Not(?:Ready|Available|Healthy|Synced)|Unavailable|Unhealthy|Stalled|Fail(?:ed|ure|ing)|Error"
    r"(?:s|ed|Occurred)?|Degraded|Invalid(?:Spec|Request)?|Denied|Conflict(?:ed)?|Terminal|Broken"
    r"|Misconfigured|Unsupported|Lost|Orphan(?:ed)?)$"
)
_BUSY_TYPE = re.compile(
    r"(Progressing|Reconciling|Updating|Upgrading|Creating|Pending|Installing|Deploying|Issuing"
    r"|Provisioning|Initializing|Scaling|Rolling(?:Update|Out)?|Restarting|Terminating|Deleting"
    r"|InProgress|Recoverable|Disrupting|Migrating|Restoring)$"
)
_ASLEEP_TYPE = re.compile(r"(Paused|Suspended|Hibernated|Stopped)$")
_GOOD_TYPE = re.compile(
    r"(Ready|Available|Healthy|Succeeded|Success|Successful|Complete|Completed|Established|Programmed"
    r"|Accepted|Synced|Synchronized|Reconciled|Active|Online|Deployed|Released|Valid"
    r"|Approved|Bound|Initialized|Installed|Configured|Provisioned|Created|Resolved|ResolvedRefs"
    r"|Admitted|Applied|Done|UpToDate|Updated|Connected|Launched|Registered|Verified)$"
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of a kind that ends: one of these is enough, whatever Running or Ready say afterwards.
FINISHED = ("Succeeded", "Complete", "Completed", "Done", "Finished")
# False is how these begin, however long it takes; Succeeded begins as Unknown.
UNFINISHED = FINISHED[1:]

_PHASES: dict[Sense, frozenset[str]] = {
    Sense.GOOD: _set(
        "active allocated available bound complete completed created deployed enabled established "
        "finished green healthy initialized installed ok online provisioned ready reconciled "
        "running stable succeeded success successful synced up valid"
    ),
    Sense.BAD: _set(
        "aborted canceled cancelled crashloopbackoff degraded errored expired failedvalidation "
        "failing forbidden invalid invalidspec lost red rejected unavailable unhealthy "
        "unrecoverable"
    ),
    Sense.ASLEEP: _set("halted hibernated paused stopped suspended"),
}
# ``installFailed``, ``ReconcileError``: the last word of several counts.
_BAD_PHASE = re.compile(r"(?<!no)(?<!from)(failed|failure|error)$")
# Words for being on the way: a condition that is still False is no failure then.
_UNDER_WAY = re.compile(
    r"progress|pending|creating|provisioning|initiali[sz]ing|installing|deploying|updating|starting"
    r"|reconciling|scaling|upgrading|waiting|configuring|bootstrapping",
    re.IGNORECASE,
)
_FINAL_REASON = re.compile(
    r"fail|error|invalid|denied|notfound|unsupported|forbidden|reject|exceeded|missing|conflict"
    r"|crash|unable|cannot|misconfigured|unauthorized|stalled|notallowed|duplicate|violat",
    re.IGNORECASE,
)
# It has ended, whatever it was doing: ``ProgressDeadlineExceeded``, ``UpdatingFailed``.
_ENDED_REASON = re.compile(r"(failed|failure|error|exceeded|denied|rejected)$", re.IGNORECASE)
_PASSING_REASON = re.compile(
    r"retry|progress|pending|waiting|creating|initiali|notready|reconciling|updating|installing"
    r"|provisioning|starting|scaling|deploying|building|downloading|pulling|rolling|upgrading"
    r"|scheduling|binding|bootstrapping|importing|cloning|notsynced|notyet|requested|queued",
    re.IGNORECASE,
)


def type_sense(kind: str) -> Sense:
    """Return what a condition of this type means when it is True."""
    for pattern, sense in (
        (_BAD_TYPE, Sense.BAD),
        (_BUSY_TYPE, Sense.BUSY),
        (_ASLEEP_TYPE, Sense.ASLEEP),
        (_GOOD_TYPE, Sense.GOOD),
    ):
        if pattern.search(kind):
            return sense
    return Sense.NONE


def phase_sense(word: str) -> Sense:
    """Return what a phase or state means; words that nobody knows are BUSY: fail closed."""
    plain = re.sub(r"[\s_-]", "", word.lower())
    if _BAD_PHASE.search(plain):
        return Sense.BAD
    return next((sense for sense, words in _PHASES.items() if plain in words), Sense.BUSY)


def is_under_way(word: str) -> bool:
    """Whether a phase says that its controller is at work; an unknown word says nothing."""
    return bool(_UNDER_WAY.search(word))


def denial(reason: str) -> Denial:
    """Return what is to be thought of a False condition with this reason."""
    if _ENDED_REASON.search(reason):
        return Denial.FINAL
    if _PASSING_REASON.search(reason):
        return Denial.PASSING
    return Denial.FINAL if _FINAL_REASON.search(reason) else Denial.UNCLEAR
