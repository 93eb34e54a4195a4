# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one Job printed, container after container: shown live, hashed, redacted, its end kept."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol
from urllib.parse import urlsplit

from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import redactor
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes
from ansible_collections.slipway.stack.plugins.module_utils.migrations.pods import (
    STARTUP,
    is_sidecar,
    statuses,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import (
    TAIL_BYTES,
    Log,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.references import (
    references,
)

Sink = Callable[[list[str]], None]
"""Gets lines, in order."""


class Following(Protocol):
    """A container's log that is being copied (logs.Tail)."""

    def finish(self, meanwhile: Callable[[], None]) -> None:
        """Read what is left; call `meanwhile` every few seconds."""


OpenTail = Callable[[Object, str, Sink], Following]
"""(pod, container, sink) → the tail, which calls the sink with all lines once."""


class Transcript:
    """The lines of one Job. hidden: values to be starred wherever they appear."""

    def __init__(
        self,
        open_tail: OpenTail,
        show: Sink,
        hidden: Iterable[str],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """meanwhile: what must go on while a long log is read."""
        self._meanwhile = meanwhile
        self._open_tail = open_tail
        self._show = show
        self._redacted = redactor(hidden)
        self._tails: dict[tuple[str, str], Following] = {}
        self._hash = hashlib.sha256()
        self._kept: deque[str] = deque()
        self._size = 0

    def follow(self, pod: Object) -> None:
        """Begin with every container that has started since; the one before has ended by then."""
        for name in _started(pod):
            key = (pod["metadata"]["uid"], name)
            if key not in self._tails:
                self.finish()
                self._tails[key] = self._open_tail(pod, name, self._take)

    def finish(self) -> None:
        """Copy what is left of the last container. Raises ConnectError; call again then."""
        if self._tails:
            self._tails[list(self._tails)[-1]].finish(self._meanwhile)

    def log(self) -> Log:
        """Return what is kept of it."""
        return Log("".join(self._kept), self._hash.hexdigest())

    def _take(self, lines: list[str]) -> None:
        self._hash.update("".join(f"{line}\n" for line in lines).encode())
        shown = [redact_shapes(self._redacted(line)) for line in lines]
        self._show(shown)
        for line in shown:
            self._keep(line[:TAIL_BYTES] + "\n")

    def _keep(self, line: str) -> None:
        self._kept.append(line)
        self._size += len(line.encode())
        while self._size > TAIL_BYTES and len(self._kept) > 1:
            self._size -= len(self._kept.popleft().encode())


def _started(pod: Object) -> Iterator[str]:
    """Yield the containers whose log exists; of sidecars only the one that migrates."""
    for status in statuses(pod):
        if is_sidecar(pod, status["name"]) and status["name"] != STARTUP:
            continue
        state = status.get("state") or {}
        if state.get("running") or state.get("terminated"):
            yield status["name"]


def hidden_values(job: Object, secret: Callable[[str], Object | None]) -> set[str]:
    """Return what the log must not show: the secret values that the Job's pod gets.

    secret: returns a Secret by name. A whole Secret's users and hosts are no secrets, so only
    the keys that the pod refers to count, and the password inside a URL.
    """
    found: set[str] = set()
    for needed in references(job):
        if needed.kind != "Secret" or needed.where == "imagePullSecrets":
            continue
        data = (secret(needed.name) or {}).get("data") or {}
        for key in [needed.key] if needed.key else list(data):
            found |= _forms(data.get(key) or "")
    return found


def _forms(encoded: str) -> set[str]:
    value = base64.b64decode(encoded).decode("utf-8", "ignore")
    forms = {value, *value.splitlines()}
    with contextlib.suppress(ValueError):  # not a URL
        forms.add(urlsplit(value).password or "")
    return {form.strip() for form in forms}
