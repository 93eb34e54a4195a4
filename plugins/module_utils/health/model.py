# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words and values in which health is spoken of; they travel between all other files here."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """What one object is. Only READY counts as ready."""

    READY = "ready"
    PROGRESSING = "progressing"
    FAILED = "failed"  # cannot become ready without a change
    SUSPENDED = "suspended"  # someone asked it to stand still
    TERMINATING = "terminating"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """Classes of trouble; judge.GRACE_S says how long each may last."""

    SPEC = "spec"  # the object itself is wrong
    QUOTA = "quota"
    ADMISSION = "admission"  # the API server or a webhook refuses the pods, perhaps for now
    REFERENCE = "reference"  # it names something that is not there
    IMAGE = "image"  # the registry says no
    REGISTRY = "registry"  # the registry does not answer
    CRASH = "crash"
    PLACEMENT = "placement"  # no node takes the pod
    VOLUME = "volume"
    ROUTE = "route"
    METRICS = "metrics"
    DEADLINE = "deadline"  # the time for a roll-out was over before anybody looked
    CUSTOM = "custom"  # a custom resource's own word of failure
    DENIED = "denied"  # a custom resource says "not ready", and no more
    WAITING = "waiting"  # named in the report, never a failure by itself


class Evidence(NamedTuple):
    """Where something was read: ``Pod shop/api-x, container api`` says ``ErrImagePull: ...``."""

    source: str
    text: str


class Trouble(NamedTuple):
    """Something wrong that may still pass.

    reason:   CamelCase word, such as ``ImageNotFound``.
    message:  the cause in one clause, without the object's own name.
    pod:      name of the pod it was seen in, "" for the object itself; container likewise.
    uid:      of that pod or object, so that a replaced pod begins anew.
    since:    seconds since the epoch if the API dates it, else None (history knows).
    until:    seconds since the epoch when time alone ends it, infinite if time does not.
    restarts: of the container.
    recovering: it may just be over, so it is named but fails nothing before it shows again.
    """

    category: Category
    reason: str
    message: str
    pod: str = ""
    container: str = ""
    uid: str = ""
    since: float | None = None
    restarts: int | None = None
    recovering: bool = False
    evidence: tuple[Evidence, ...] = ()
    until: float = float("inf")

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same while it lasts: ErrImagePull and ImagePullBackOff take turns."""
        family = Category.IMAGE if self.category is Category.REGISTRY else self.category
        return (self.uid or self.pod, self.container, family)


class Peers(NamedTuple):
    """Pods of the revision that is being rolled out."""

    total: int = 0
    ready: int = 0


class Verdict(NamedTuple):
    """What is known of one object.

    reason:   CamelCase word; message: one human sentence without the object's name.
    troubles: what may turn it into a failure if it lasts, worst first.
    """

    status: Status
    reason: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    peers: Peers = Peers()
    warnings: tuple[str, ...] = ()


class Applied(NamedTuple):
    """What our apply left: nothing older is believed. at: seconds since the epoch."""

    uid: str = ""
    generation: int = 0
    at: float | None = None


def ready(message: str = "ready", reason: str = "Ready", *, warning: str = "") -> Verdict:
    """READY, with what a person may want to know besides as `warning`."""
    return Verdict(Status.READY, reason, message, warnings=(warning,) if warning else ())


def progressing(
    reason: str, message: str, *troubles: Trouble, evidence: tuple[Evidence, ...] = ()
) -> Verdict:
    """PROGRESSING; troubles are what holds it up."""
    return Verdict(Status.PROGRESSING, reason, message, evidence, troubles)


def failed(reason: str, message: str, evidence: tuple[Evidence, ...] = ()) -> Verdict:
    """FAILED for good, whatever the history."""
    return Verdict(Status.FAILED, reason, message, evidence)


def suspended(message: str) -> Verdict:
    """SUSPENDED: nothing moves until someone resumes it."""
    return Verdict(Status.SUSPENDED, "Suspended", message)
