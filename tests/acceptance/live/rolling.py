# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mathison in use while it is rolled out: requests for the web, and a job for the worker."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.acceptance.live.deployed import Deployed, eventually, now
from tests.acceptance.live.visitor import Visitor, Visits, steadily

# From the first new pod on; what Kubernetes and the collection give a pod by default is 30 s.
JOB_S = 50


@dataclass(slots=True)
class Seen:
    """What users saw of a roll-out, and which pods it replaced.

    began: in the API server's form. job, worker: the app that was being deployed, by which pod.
    """

    began: str
    job: str
    worker: str = ""
    visits: Visits = field(default_factory=Visits)
    replaced: dict[str, int] = field(default_factory=dict)


@contextmanager
def watched(mathison: Deployed, visitor: Visitor) -> Iterator[Seen]:
    """Use Mathison from its first new pod on until the roll-out that happens meanwhile ends."""
    before = {name: _pods(mathison, name) for name in ("web", "worker")}
    seen = Seen(now(), f"app-{uuid.uuid4().hex[:8]}")
    (seen.worker,) = before["worker"]
    ended = threading.Event()
    user = threading.Thread(target=_use, args=(mathison, visitor, seen, before["web"], ended))
    user.start()
    try:
        yield seen
        eventually(lambda: not before["web"] & _all(mathison), "the old pods are gone")
    finally:
        ended.set()
        user.join()
    seen.replaced = {name: len(pods - _pods(mathison, name)) for name, pods in before.items()}


def _use(
    mathison: Deployed, visitor: Visitor, seen: Seen, before: set[str], ended: threading.Event
) -> None:
    while not _pods(mathison, "web") - before:
        if ended.wait(0.5):
            return
    visitor.post("/api/apps", name=seen.job, seconds=JOB_S)
    with steadily(visitor, "/api/health") as seen.visits:
        ended.wait()


def _pods(mathison: Deployed, workload: str) -> set[str]:
    return {str(pod["metadata"]["name"]) for pod in mathison.pods(workload)}


def _all(mathison: Deployed) -> set[str]:
    """Return the pods that are there, those that are ending too."""
    return {str(pod["metadata"]["name"]) for pod in mathison.list("Pod")}
