# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the Lease of one database, by the rules of lease.py.

Every write is a PUT with the resourceVersion that was read, so the API server refuses the one who
is late. Called from one thread between its other requests; there is no renewing in the background.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import lease
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import LockLost


class Leases(Protocol):
    """Where the Lease is kept (store.py)."""

    namespace: str

    def get(self, kind: str, name: str) -> Object | None:
        """Return the object, None if there is none."""

    def create(self, kind: str, body: Object) -> Object:
        """Create the object. Raises ApiError 409 if it exists."""

    def replace(self, kind: str, body: Object) -> Object:
        """Put the object in place of the version it carries. Raises ApiError 409 if that is old."""


class Lock:
    """The Lease of one database, seen by one deployer."""

    def __init__(
        self,
        leases: Leases,
        name: str,
        labels: dict[str, str],
        me: str,
        clock: Callable[[], float],
    ) -> None:
        """me: unique for this deployer. clock: monotonic seconds, going on while asleep."""
        self._leases = leases
        self._name = name
        self._labels = labels
        self.me = me
        self._clock = clock
        self._mine: Object | None = None
        self._renewed_at = 0.0
        self._seen: lease.Sighting | None = None
        self.blocker = ""

    @property
    def held(self) -> bool:
        """Whether we hold the Lease as far as we know; `confirm` makes sure."""
        return self._mine is not None

    def try_take(self) -> bool:
        """Look at the Lease and take it if the rules allow it."""
        now = self._clock()
        found = self._leases.get("leases", self._name)
        self._seen = lease.sight(found, self._seen, now) if found else None
        self.blocker = lease.holder(found) if found else ""
        if found and self.blocker == self.me:  # our own PUT, whose answer was lost
            return self._hold(found, now)
        move = lease.move(found, self._seen, now)
        if move is lease.Move.WAIT:
            return False
        try:
            return self._hold(self._take(found), now)
        except ApiError as error:
            if error.status == 409:  # somebody else was faster
                return False
            raise

    def keep(self) -> None:
        """Renew the Lease when it is due. Raises LockLost; nothing to do when not held."""
        if self._mine and self._clock() - self._renewed_at >= lease.RENEW_S:
            self.confirm()

    def confirm(self) -> None:
        """Renew the Lease now: the last thing to do before a write. Raises LockLost."""
        if self._mine is None:
            raise LockLost(f"Lease {self._name} is not held by this deployer.")
        now = self._clock()
        try:
            self._hold(self._leases.replace("leases", lease.renewed(self._mine, _stamp())), now)
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            self._look_again(now)

    def release(self) -> None:
        """Give the Lease back, if we hold it. Raises KubeError; then it runs out by itself."""
        if self._mine is None:
            return
        mine, self._mine = self._mine, None
        try:
            self._leases.replace("leases", lease.released(mine))
        except ApiError as error:
            if error.status not in (404, 409):
                raise

    def _take(self, found: Object | None) -> Object:
        if found:
            return self._leases.replace("leases", lease.taken(found, self.me, _stamp()))
        namespace = self._leases.namespace
        made = lease.new(self._name, namespace, self._labels, self.me, _stamp())
        return self._leases.create("leases", made)

    def _hold(self, mine: Object, at: float) -> bool:
        self._mine, self._renewed_at, self.blocker = mine, at, ""
        return True

    def _look_again(self, now: float) -> None:
        """After a refused renewal: ours after all (an answer was lost), or lost."""
        found = self._leases.get("leases", self._name)
        if found and lease.holder(found) == self.me:
            self._hold(found, now)
            return
        self._mine = None
        self.blocker = lease.holder(found) if found else ""
        raise LockLost(
            f"Lease {self._name} was taken over by {self.blocker or 'somebody'} while this "
            "deployer did not answer; it writes nothing any more."
        )


def _stamp() -> str:
    """Return the wall clock as a MicroTime; nobody decides by it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
