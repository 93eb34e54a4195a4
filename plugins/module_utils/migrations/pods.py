# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of pods and events that judging needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots

UNSTARTED = ("StartError", "ContainerCannotRun")
"""Reasons of a terminated container that never ran: a wrong command, a runtime out of order."""


STARTUP = "startup"
"""The sidecar that is a workload itself, which migrates as it starts (style startup)."""


def started(pod: Object) -> bool:
    """Whether a container that is no sidecar and no helper ever ran: SQL may have been sent."""
    helpers = (objects.annotations(pod).get(slots.HELPERS) or "").split(",")
    return any(ran(status) for status in own_statuses(pod) if status["name"] not in helpers)


def begun(pod: Object) -> bool:
    """Whether any container ran: the pod has its node and its volumes."""
    return any(ran(status) for status in own_statuses(pod))


def statuses(pod: Object) -> list[Object]:
    """Return the container statuses in the order in which the containers start."""
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def own_statuses(pod: Object) -> list[Object]:
    """Return the statuses without those of sidecars, which end with the pod, somehow.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    """
    return [status for status in statuses(pod) if not is_sidecar(pod, status["name"])]


def is_sidecar(pod: Object, name: str) -> bool:
    """Whether a container runs along with the others and is started again when it ends."""
    spec = pod.get("spec") or {}
    return any(
        each["name"] == name and each.get("restartPolicy") == "Always"
        for each in spec.get("initContainers") or []
    )


def ran(status: Object) -> bool:
    """Whether the container of this status runs or has run."""
    state = status.get("state") or {}
    done = state.get("terminated") or {}
    return bool(state.get("running") or (done and done.get("reason") not in UNSTARTED))


def ends(pod: Object) -> list[Object]:
    """Return the terminated states of the pod's containers, in order; not of its sidecars."""
    states = (status.get("state") or {} for status in own_statuses(pod))
    return [state["terminated"] for state in states if state.get("terminated")]


def by_reason(events: Iterable[Object], reason: str) -> list[Object]:
    """Return the events with this reason."""
    return [event for event in events if event.get("reason") == reason]


def one_line(text: str) -> str:
    """Return the text without line breaks, for a sentence."""
    return " ".join(text.split())


def told(pod: Object) -> str:
    """Return which pod this is and where."""
    node = (pod.get("spec") or {}).get("nodeName") or "no node yet"
    return f"pod {pod['metadata']['name']} ({node})"
