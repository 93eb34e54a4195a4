# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch what explains a failure: events, and the last lines of the containers that failed.

Asked only once the wait has failed, and only for what failed. Everything that leaves here is
masked: values of the Secrets that the pod refers to, and what looks like a credential.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health.blame import used
from ansible_collections.slipway.stack.plugins.module_utils.health.board import Board, Entry
from ansible_collections.slipway.stack.plugins.module_utils.health.containers import (
    Container,
    containers,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Status,
    Verdict,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.options import EVENTS, Options
from ansible_collections.slipway.stack.plugins.module_utils.health.read import spec
from ansible_collections.slipway.stack.plugins.module_utils.health.related import (
    Related,
    event_time,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import redact, secret_values
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    Ref,
    metadata,
    ref,
)
from ansible_collections.slipway.stack.plugins.module_utils.kube.shapes import redact_shapes

CONTAINERS_SHOWN = 3
PARALLEL = 8
# Keys that sit beside a password without being one; masking "users" would garble every log.
PUBLIC_KEYS = {"database", "db", "dbname", "host", "hostname", "port", "user", "username"}
NO_LOG = "unable to retrieve container logs"  # the kubelet's answer once it has removed them


@dataclass(frozen=True, slots=True)
class Event:
    """Events of one reason and text, counted together. last: seconds since the epoch."""

    about: str
    reason: str
    message: str
    count: int
    last: float

    def __str__(self) -> str:
        """Return ``Pod api-1: BackOff: Back-off restarting ... (4 times)``."""
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.about}: {self.reason}: {self.message}{times}"


class Log(NamedTuple):
    """The last lines of a container, or of its previous run."""

    pod: str
    container: str
    previous: bool
    text: str


class Details(NamedTuple):
    """What is known besides the verdict. uses: what it mentions and what is not ready either."""

    events: tuple[Event, ...] = ()
    logs: tuple[Log, ...] = ()
    uses: tuple[Entry, ...] = ()


@dataclass(slots=True)
class _Secrets:
    """Values of Secrets, each read once."""

    client: Client
    known: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def of(self, pod: Object) -> list[str]:
        home = ref(pod).namespace
        return [value for name in secret_names(pod) for value in self._values(home, name)]

    def _values(self, namespace: str, name: str) -> list[str]:
        if (namespace, name) not in self.known:
            self.known[namespace, name] = self._read(namespace, name)
        return self.known[namespace, name]

    def _read(self, namespace: str, name: str) -> list[str]:
        """Return the values; a Secret that we may not read is masked by shape only."""
        try:
            secret = self.client.request("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        except KubeError:
            return []
        data = {
            key: value
            for key, value in (secret.get("data") or {}).items()
            if key.lower() not in PUBLIC_KEYS
        }
        return secret_values({"kind": "Secret", "data": data})


def collect(
    client: Client, board: Board, store: Store, options: Options | None = None
) -> dict[Ref, Details]:
    """Return the details of each target that failed, or of what is not ready if none has.

    options: how many events and log lines are told of each.
    Masks the verdicts of these targets too: an exec probe may print what the pod knows.
    """
    entries = board.failed or [
        one for one in board.pending if one.verdict.status is not Status.READY
    ]
    secrets = _Secrets(client)
    told = options or Options()
    return {one.target.ref: _details(one, client, board, store, secrets, told) for one in entries}


def _details(
    entry: Entry, client: Client, board: Board, store: Store, secrets: _Secrets, told: Options
) -> Details:
    obj = store.get(entry.target.ref)
    if obj is None:
        return Details()
    related = store.related(obj)
    shown = failing(obj, entry, related)
    hidden = [value for one in shown for value in secrets.of(one.pod)]
    board.rewrite(entry, lambda verdict: _masked_verdict(verdict, hidden))
    events = deduplicated(_about_it(obj, related), told.events)
    masked = tuple(
        Event(one.about, one.reason, _masked(one.message, hidden), one.count, one.last)
        for one in events
    )
    uses = tuple(used(entry, board, store))
    return Details(masked, tuple(_logs(client, shown, hidden, told.log_lines)), uses)


def _about_it(obj: Object, related: Related) -> list[Object]:
    """Return the events but for those about claims that belong to somebody else."""
    pods = [one for one in [*related.of("Pod"), obj] if one.get("kind") == "Pod"]
    mounted = {
        (volume.get("persistentVolumeClaim") or {}).get("claimName")
        for pod in pods
        for volume in spec(pod).get("volumes") or []
    }
    own = {*mounted, metadata(obj).get("name")}
    return [one for one in related.of("Event") if not _is_of_claim(one) or _subject(one) in own]


def _is_of_claim(event: Object) -> bool:
    return (event.get("involvedObject") or {}).get("kind") == "PersistentVolumeClaim"


def _subject(event: Object) -> str | None:
    return (event.get("involvedObject") or {}).get("name")


def failing(obj: Object, entry: Entry, related: Related) -> list[Container]:
    """Return the containers whose logs explain the failure, one pod of a kind being enough."""
    pods = {ref(pod).name: pod for pod in [*related.of("Pod"), obj] if pod["kind"] == "Pod"}
    wanted = {(one.pod, one.container) for one in entry.verdict.troubles if one.container}
    all_containers = [one for pod in pods.values() for one in containers(pod)]
    chosen = [one for one in all_containers if (ref(one.pod).name, one.name) in wanted]
    if not chosen:
        chosen = [one for one in all_containers if one.ended and one.ended.get("exitCode") != 0]
    by_name = {one.name: one for one in chosen}
    return list(by_name.values())[:CONTAINERS_SHOWN]


def deduplicated(events: Iterable[Object], shown: int = EVENTS) -> list[Event]:
    """Return the last warnings, oldest first, those of one reason and text as one."""
    found: dict[tuple[str, str], Event] = {}
    warnings = (event for event in events if event.get("type") != "Normal")
    for event in sorted(warnings, key=event_time):
        about = event.get("involvedObject") or {}
        message = str(event.get("message") or "").strip()
        key = (str(event.get("reason")), message.replace(str(about.get("name")), "*"))
        before = found.pop(key, None)
        count = int(event.get("count") or (event.get("series") or {}).get("count") or 1)
        found[key] = Event(
            f"{about.get('kind')} {about.get('name')}",
            key[0],
            message,
            count + (before.count if before else 0),
            event_time(event),
        )
    return list(found.values())[-shown:] if shown else []


def secret_names(pod: Object) -> list[str]:
    """Return the names of the Secrets that a pod refers to, in env, envFrom and volumes."""
    want = spec(pod)
    found: list[Any] = []
    for one in [*(want.get("initContainers") or []), *(want.get("containers") or [])]:
        found += [
            (source.get("secretRef") or {}).get("name") for source in one.get("envFrom") or []
        ]
        found += [
            ((env.get("valueFrom") or {}).get("secretKeyRef") or {}).get("name")
            for env in one.get("env") or []
        ]
    for volume in want.get("volumes") or []:
        found.append((volume.get("secret") or {}).get("secretName"))
        sources = (volume.get("projected") or {}).get("sources") or []
        found += [(source.get("secret") or {}).get("name") for source in sources]
    return sorted({str(name) for name in found if name})


def _logs(
    client: Client, shown: Iterable[Container], hidden: list[str], lines: int
) -> Iterator[Log]:
    wanted = [(one, previous) for one in shown for previous in _runs(one) if lines]
    if not wanted:
        return
    with ThreadPoolExecutor(PARALLEL) as pool:
        texts = pool.map(lambda each: _log(client, each[0], each[1], lines), wanted)
        for (one, previous), text in zip(wanted, texts, strict=True):
            if text.strip() and not text.startswith(NO_LOG):
                yield Log(ref(one.pod).name, one.name, previous, _masked(text, hidden))


def _runs(one: Container) -> list[bool]:
    """Which runs have a log: the previous one (True) first, as it is the one that failed."""
    has_begun = one.running is not None or bool(one.ended)
    return [True] * bool(one.ended_before) + [False] * has_begun


def _log(client: Client, one: Container, previous: bool, lines: int) -> str:
    meta = metadata(one.pod)
    path = f"/api/v1/namespaces/{meta.get('namespace')}/pods/{meta.get('name')}/log"
    query = {"container": one.name, "tailLines": lines, "previous": previous}
    try:
        return client.text(path, query=query)
    except KubeError:  # the container is gone, or was never there: events tell the rest
        return ""


def _masked_verdict(verdict: Verdict, hidden: list[str]) -> Verdict:
    proof = tuple(Evidence(one.source, redact(one.text, hidden)) for one in verdict.evidence)
    return verdict._replace(message=redact(verdict.message, hidden), evidence=proof)


def _masked(text: str, hidden: Iterable[str]) -> str:
    return redact_shapes(redact(text, hidden))
