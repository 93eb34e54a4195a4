# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DaemonSet: ready when its pod runs updated and available on every node that it chose.

Source: kubectl's rollout status for DaemonSets.
"""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.health import revision, workload
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Verdict,
    progressing,
    ready,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import count, plural, status
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object


def daemon_set(obj: Object, view: View) -> Verdict:
    """Judge a DaemonSet by its counts, then explain it by the pods of its newest revision."""
    related = view.related
    on_delete = revision.is_on_delete(obj)
    pods = related.owned("Pod", obj) if on_delete else revision.of_daemon_set(obj, related)
    return workload.explained(_counts(obj), pods, view, held=workload.not_created(obj, view))


def _counts(obj: Object) -> Verdict:
    have = status(obj)
    if "desiredNumberScheduled" not in have:
        return progressing("NotObserved", "no status yet")
    want = count(have, "desiredNumberScheduled")
    on_delete = revision.is_on_delete(obj)
    # What is not available is told instead by some who show no more than that.
    rest = want - count(have, "numberUnavailable") if "numberUnavailable" in have else 0
    for key, word in (
        ("currentNumberScheduled", "scheduled"),
        ("updatedNumberScheduled", "updated"),
        ("numberReady", "ready"),
        ("numberAvailable", "available"),
    ):
        if key == "updatedNumberScheduled" and on_delete:
            continue
        number = count(have, key, 0 if key == "updatedNumberScheduled" else rest)
        if number < want:
            return progressing("NotReady", f"{number}/{want} {word}")
    return ready(_done(want, on_delete), warning=_misplaced(have))


def _done(want: int, on_delete: bool) -> str:
    if not want:
        return "no node matches it"
    note = "; new pods only when old ones are deleted (OnDelete)" if on_delete else ""
    return f"{want}/{want} ready{note}"


def _misplaced(have: dict[str, int]) -> str:
    number = count(have, "numberMisscheduled")
    return f"{plural(number, 'pod')} on nodes that it should not be on" if number else ""
