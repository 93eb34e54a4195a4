# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front of the pure part: is this object ready, and if not, why?

Knows no network and no clock but the one it is given; the watcher (watch, wait) feeds it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.slipway.stack.plugins.module_utils.health.judge import History, judge
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Applied,
    Evidence,
    Status,
    Verdict,
    progressing,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    generation,
    integer,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.health.table import rule_for
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)

# Their controllers always say which generation they have seen.
OBSERVED = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})


def assess(
    resource: Object | None,
    related: Iterable[Object] | Related = (),
    *,
    now: float,
    applied: Applied | None = None,
    history: History | None = None,
) -> Verdict:
    """Judge one object.

    resource: as the API server returned it; None if it is not there.
    related:  its ReplicaSets, Pods, Events and so on; what is absent proves nothing, unless a
              Related says that the whole list was read.
    now:      UTC, seconds since the epoch.
    applied:  UID, generation and time of our apply; nothing older is believed.
    history:  since when each trouble has lasted (judge.remember); without it, what has no date
              has lasted long.
    """
    around = related if isinstance(related, Related) else Related(related)
    view = View(around, now, applied)
    return judge(read(resource, view), history, now, not_before=view.applied_at)


def read(resource: Object | None, view: View) -> Verdict:
    """Read one snapshot: the verdict that holds unless a trouble has lasted too long."""
    if resource is None:
        return Verdict(Status.MISSING, "Missing", "does not exist")
    group, kind = ref(resource).api_version.rpartition("/")[0], ref(resource).kind
    rule = view.rule_of(group, kind) or rule_for(resource)
    return _common(resource, view) or rule(resource, view)


def _common(obj: Object, view: View) -> Verdict | None:
    """What holds for every kind: whose object it is, whether it ends, whether it was seen."""
    applied = view.applied or Applied()
    uid = str(metadata(obj).get("uid") or "")
    if applied.uid and uid and uid != applied.uid:
        text = "somebody replaced it after it was applied"
        return Verdict(Status.MISSING, "Replaced", text, (Evidence(str(ref(obj)), f"UID {uid}"),))
    if metadata(obj).get("deletionTimestamp") and ref(obj).kind != "Namespace":
        return _ending(obj)
    if generation(obj) < applied.generation:
        return progressing("StaleRead", "the API server shows an older generation")
    seen = integer(status(obj).get("observedGeneration"))
    if seen is None and ref(obj).kind in OBSERVED and ref(obj).api_version.startswith("apps/"):
        seen = 0
    if seen is not None and seen < generation(obj):
        return progressing("NotObserved", "its controller has not seen the change yet")
    return None


def _ending(obj: Object) -> Verdict:
    held = ", ".join(metadata(obj).get("finalizers") or [])
    text = f"is being deleted; its finalizers hold it: {held}" if held else "is being deleted"
    return Verdict(Status.TERMINATING, "Terminating", text, (Evidence(str(ref(obj)), text),))
