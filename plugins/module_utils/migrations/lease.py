# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may decide about a database: the rules of the Lease, without the requests.

Pure. A deployer never compares the Lease's renewTime with its own clock: clocks differ, and a
laptop sleeps. It may take over only a Lease that stayed unchanged before its own eyes for a whole
lease duration, on its own monotonic clock.
The Lease guards the decision; the Job's name is the mutex (slots.py). Across clusters neither
holds: there only the database's own lock helps.
Source: client-go leaderelection, https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

DURATION_S = 30
RENEW_S = 8.0


class Move(StrEnum):
    """What a deployer may do about the Lease it has just read."""

    CREATE = "create"
    TAKE = "take"
    WAIT = "wait"


class Sighting(NamedTuple):
    """A version of the Lease, and since when this deployer has seen no other (monotonic, s)."""

    version: str
    since: float


def sight(lease: Object, before: Sighting | None, now: float) -> Sighting:
    """Return the sighting after reading `lease` at `now`; any change starts the wait again."""
    version = f"{lease['metadata']['uid']}/{lease['metadata']['resourceVersion']}"
    if before and before.version == version:
        return before
    return Sighting(version, now)


def move(lease: Object | None, seen: Sighting | None, now: float) -> Move:
    """Say what may be done about a Lease that is not ours.

    seen: the sighting of this very read.
    """
    if lease is None or seen is None:
        return Move.CREATE
    if not holder(lease):
        return Move.TAKE
    unchanged_s = now - seen.since
    return Move.TAKE if unchanged_s >= duration_s(lease) else Move.WAIT


def holder(lease: Object) -> str:
    """Return who holds the Lease, "" if nobody does."""
    return (lease.get("spec") or {}).get("holderIdentity") or ""


def duration_s(lease: Object) -> int:
    """Return how long the holder may stay silent; never less than our own measure."""
    return max(DURATION_S, (lease.get("spec") or {}).get("leaseDurationSeconds") or 0)


def new(name: str, namespace: str, labels: dict[str, str], me: str, at: str) -> Object:
    """Return a Lease held by `me`. at: wall clock as MicroTime, for human eyes only."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "holderIdentity": me,
            "leaseDurationSeconds": DURATION_S,
            "acquireTime": at,
            "renewTime": at,
            "leaseTransitions": 0,
        },
    }


def taken(lease: Object, me: str, at: str) -> Object:
    """Return the Lease as `me` takes it over; its resourceVersion makes the PUT conditional."""
    spec = lease.get("spec") or {}
    return lease | {
        "spec": spec
        | {
            "holderIdentity": me,
            "leaseDurationSeconds": DURATION_S,
            "acquireTime": at,
            "renewTime": at,
            "leaseTransitions": (spec.get("leaseTransitions") or 0) + 1,
        }
    }


def renewed(lease: Object, at: str) -> Object:
    """Return the Lease as its holder renews it."""
    return lease | {"spec": lease["spec"] | {"renewTime": at}}


def released(lease: Object) -> Object:
    """Return the Lease as its holder gives it back; it stays, and so does leaseTransitions."""
    return lease | {"spec": lease["spec"] | {"holderIdentity": ""}}
