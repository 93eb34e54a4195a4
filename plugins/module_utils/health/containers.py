# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read one container's status: what is wrong with it, or what it is doing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health import texts
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Category,
    Evidence,
    Trouble,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    count,
    plural,
    seconds,
    spec,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    metadata,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes

IMAGE_REASONS = {
    "ErrImagePull",
    "ImagePullBackOff",
    "RegistryUnavailable",
    "ImageInspectError",
    "SignatureValidationFailed",
}
# The runtime's words for a process that never began; other messages are the application's own.
NOT_STARTED = {"StartError", "ContainerCannotRun"}
# A crash is not over when the container runs again, but when it has stayed up for this long; while
# nothing calls it ready, half as long again as its last run, within reason.
SETTLED_S = 10
LONGER_THAN_LAST = 1.5
SETTLED_AT_LAST_S = 300


class Container(NamedTuple):
    """A container's spec and status side by side. init: runs before or beside the others."""

    pod: Object
    spec: dict[str, Any]
    status: dict[str, Any]
    init: bool

    @property
    def name(self) -> str:
        """Its name, also where the pod has no status yet."""
        return str(self.status.get("name") or self.spec.get("name", ""))

    @property
    def waiting(self) -> dict[str, Any]:
        """``state.waiting``, {} unless it waits."""
        return (self.status.get("state") or {}).get("waiting") or {}

    @property
    def running(self) -> dict[str, Any] | None:
        """``state.running``, None unless it runs."""
        return (self.status.get("state") or {}).get("running")

    @property
    def ended(self) -> dict[str, Any]:
        """How it ended just now, {} if it has not."""
        return (self.status.get("state") or {}).get("terminated") or {}

    @property
    def ended_before(self) -> dict[str, Any]:
        """How its previous run ended, {} if there was none."""
        return (self.status.get("lastState") or {}).get("terminated") or {}

    @property
    def restarts(self) -> int:
        """``restartCount``."""
        return count(self.status, "restartCount")

    @property
    def image(self) -> str:
        """As the spec names it."""
        return str(self.spec.get("image") or self.status.get("image") or "?")

    @property
    def runs_on(self) -> bool:
        """Whether it is restarted when it ends: not so for plain init containers."""
        if self.init:
            return str(self.spec.get("restartPolicy")) == "Always"
        return str(spec(self.pod).get("restartPolicy", "Always")) == "Always"


def containers(pod: Object) -> list[Container]:
    """Return the pod's containers in the order of their start."""
    return [
        Container(pod, one, _status_of(pod, statuses, one), init)
        for section, statuses, init in (
            ("initContainers", "initContainerStatuses", True),
            ("containers", "containerStatuses", False),
        )
        for one in _specs(pod, section, statuses)
    ]


def trouble(one: Container, now: float, *, pull_error: str = "") -> Trouble | None:
    """Return what keeps this container from running, None if nothing does.

    pull_error: what an event said of the last pull; a back-off before Kubernetes 1.31 does not.
    """
    reason, message = str(one.waiting.get("reason") or ""), str(one.waiting.get("message") or "")
    if reason in IMAGE_REASONS:
        category, word, clause = texts.image_trouble(one.image, f"{message} {pull_error}")
        return _trouble(one, category, word, clause, f"{reason}: {message}")
    if reason == "InvalidImageName":
        clause = f'image name "{one.image}" is not valid'
        return _trouble(one, Category.SPEC, reason, clause, f"{reason}: {message}")
    if reason == "ErrImageNeverPull":
        clause = f'image "{one.image}" is not on the node and imagePullPolicy is Never'
        return _trouble(one, Category.SPEC, reason, clause, f"{reason}: {message}")
    if reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
        return _not_created(one, reason, message)
    return _crash(one, now)


def _not_created(one: Container, reason: str, message: str) -> Trouble:
    seen = f"{reason}: {message}"
    if name := texts.marker(message):
        clause = f"waiting for the migration marker {name}"
        return _trouble(one, Category.WAITING, "WaitingForMigration", clause, seen)
    if clause := texts.missing_object(message):
        return _trouble(one, Category.REFERENCE, "MissingReference", clause, seen)
    if reason == "CreateContainerConfigError" and "runAsNonRoot" in message:
        return _trouble(one, Category.SPEC, "RunsAsRoot", message, seen)
    if cause := texts.bad_command(message):
        clause = f"its command cannot be started: {cause}"
        return _trouble(one, Category.SPEC, "BadCommand", clause, seen)
    clause = f"it cannot be created: {message or reason}"
    return _trouble(one, Category.CRASH, reason, clause, seen)


def _crash(one: Container, now: float) -> Trouble | None:
    """Return the trouble of a container that ended and should not have.

    It lasts from the first end over all restarts until a run has settled.
    """
    last = one.ended if one.ended and not _ended_well(one, one.ended) else one.ended_before
    if not last and one.waiting.get("reason") != "CrashLoopBackOff":
        return None
    settles_at = _settles_at(one, last)
    if now >= settles_at:
        return None
    if one.ended and _ended_well(one, one.ended):
        return None
    if last.get("reason") in NOT_STARTED and (cause := texts.bad_command(last.get("message", ""))):
        clause = f"its command cannot be started: {cause}"
        found = _trouble(one, Category.SPEC, "BadCommand", clause, _ended_text(last))
        return found._replace(until=settles_at)
    word = "OOMKilled" if last.get("reason") == "OOMKilled" else "CrashLoop"
    found = _trouble(one, Category.CRASH, word, _crash_clause(one, last), _ended_text(last))
    return found._replace(recovering=one.running is not None, until=settles_at)


def _crash_clause(one: Container, last: Mapping[str, Any]) -> str:
    times = f", {plural(one.restarts, 'restart')}" if one.restarts else ""
    if last.get("reason") == "OOMKilled":
        limit = ((one.spec.get("resources") or {}).get("limits") or {}).get("memory")
        bound = f"its memory limit of {limit}" if limit else "the node's memory"
        return f"killed for using more than {bound} (OOMKilled){times}"
    if not last:
        return f"it keeps ending (CrashLoopBackOff){times}"
    after = f" after {_length(last):.0f} s" if last.get("startedAt") else ""
    return f"it exits with code {last.get('exitCode')}{after}{times}"


def _ended_text(last: Mapping[str, Any]) -> str:
    words = [f"last run: {last.get('reason') or 'ended'}, exit code {last.get('exitCode')}"]
    if message := str(last.get("message") or "").strip():
        words.append(redact_shapes(message))
    return ": ".join(words)


def _ended_well(one: Container, ended: Mapping[str, Any]) -> bool:
    return ended.get("exitCode") == 0 and not one.runs_on


def _settles_at(one: Container, last: Mapping[str, Any]) -> float:
    """Return when the present run counts as settled, infinite while there is none."""
    if one.running is None:
        return math.inf
    began = seconds(one.running.get("startedAt"))
    if began is None:
        return -math.inf
    longer = 0.0 if one.status.get("ready") else LONGER_THAN_LAST * _length(last)
    return began + min(max(SETTLED_S, longer), SETTLED_AT_LAST_S)


def _length(run: Mapping[str, Any]) -> float:
    began, ended = seconds(run.get("startedAt")), seconds(run.get("finishedAt"))
    return ended - began if began and ended else 0.0


def _trouble(one: Container, category: Category, reason: str, clause: str, seen: str) -> Trouble:
    return Trouble(
        category,
        reason,
        clause,
        pod=ref(one.pod).name,
        container=one.name,
        uid=str(metadata(one.pod).get("uid") or ""),
        restarts=one.restarts if "restartCount" in one.status else None,
        evidence=(Evidence(f"{ref(one.pod)}, container {one.name}", seen),),
    )


def _specs(pod: Object, section: str, statuses: str) -> list[dict[str, Any]]:
    """Return container specs; a document that shows only statuses is read by those."""
    found = spec(pod).get(section) or status(pod).get(statuses) or []
    return [one for one in found if isinstance(one, dict)]


def _status_of(pod: Object, statuses: str, one: Mapping[str, Any]) -> dict[str, Any]:
    found = status(pod).get(statuses) or []
    return next((entry for entry in found if entry.get("name") == one.get("name")), {})
