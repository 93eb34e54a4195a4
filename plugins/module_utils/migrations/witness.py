# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one deployer has seen of Jobs: pods, also those that are gone, and their logs."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.transcript import (
    Transcript,
    hidden_values,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import Voice, World


class Witness:
    """Looks at Jobs by their UIDs and remembers."""

    def __init__(
        self,
        store: Store,
        world: World,
        voice: Voice,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """meanwhile: what must go on while a long log is read."""
        self._meanwhile = meanwhile
        self._store = store
        self._world = world
        self._voice = voice
        self._pods: dict[str, dict[str, Object]] = {}
        self._transcripts: dict[str, Transcript] = {}

    def look(self, job: Object) -> list[Object]:
        """Return the Job's pods, the newest last, after copying what they have begun to log."""
        pods = self._merge(job)
        if pods:
            self._transcript(job).follow(pods[-1])
        return pods

    def look_at_the_end(self, job: Object) -> list[Object]:
        """Return the pods of a Job that is over, after copying the rest of the log."""
        pods = self.look(job)
        self._transcript(job).finish()
        return pods

    def remembered(self, job: Object) -> list[Object]:
        """Return the pods as they were last seen, without asking again."""
        return list(self._pods.get(job["metadata"]["uid"], {}).values())

    def transcript(self, uid: str) -> Transcript | None:
        """Return what was seen of the log of the Job with this UID."""
        return self._transcripts.get(uid)

    def _merge(self, job: Object) -> list[Object]:
        """Take the present pods; those that vanished before their end were deleted."""
        seen = self._pods.setdefault(job["metadata"]["uid"], {})
        present = {pod["metadata"]["uid"]: pod for pod in self._store.pods(job)}
        for uid, pod in seen.items():
            over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
            if uid not in present and not over:
                pod["metadata"].setdefault("deletionTimestamp", "unknown")
        seen |= present
        return list(seen.values())

    def _transcript(self, job: Object) -> Transcript:
        uid, name = job["metadata"]["uid"], jobs.run_of(job).name
        if uid not in self._transcripts:
            self._transcripts[uid] = Transcript(
                self._world.open_tail,
                lambda lines: self._voice.quote(name, lines),
                hidden_values(job, self._secret),
                self._meanwhile,
            )
        return self._transcripts[uid]

    def _secret(self, name: str) -> Object | None:
        """Return a Secret for redaction; one that we may not read cannot be redacted."""
        try:
            return self._store.get("secrets", name)
        except ApiError as error:
            if error.status == 403:
                return None
            raise
