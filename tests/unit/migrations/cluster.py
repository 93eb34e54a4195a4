# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server in memory, with a clock of its own and a Job controller that follows a script.

Enough of Kubernetes for the gate: resource versions, conflicts, label selectors, merge patches,
Jobs whose single pod starts and ends when the script says. Time passes only in `sleep`.
"""

from __future__ import annotations

import itertools
import marshal
import re
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ApiError
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import World

NAMESPACE = "shop"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ALL_RIGHTS = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}


@dataclass
class Script:
    """How a Job goes: after `start_s` its container runs, after `run_s` more it ends."""

    start_s: float = 2.0
    run_s: float = 5.0
    exit_code: int = 0
    lines: tuple[str, ...] = ("done",)
    waiting: dict = field(default_factory=dict)


class Cluster:
    """Requests are answered at once; `log` keeps them as (method, path)."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.now = 1000.0
        self.log: list[tuple[str, str]] = []
        self.objects: dict[tuple[str, str], dict] = {}
        self.pod_lines: dict[str, tuple[str, ...]] = {}
        self.rights = {"resourceRules": [ALL_RIGHTS], "incomplete": False}
        self.faults: list[Callable[[str, str], None]] = []
        self._numbers = itertools.count(1)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = threading.RLock()
        self.put("serviceaccounts", {"metadata": {"name": "default"}})

    # -- as the gate sees it -------------------------------------------------------------------

    def request(self, method, path, *, query=None, body=None, content_type="", timeout_s=30.0):
        with self._turn:
            return self._answer(method, path, query or {}, body)

    def _answer(self, method: str, path: str, query: dict, body: dict) -> dict:
        self.log.append((method, path))
        for fault in self.faults:
            fault(method, path)
        if "selfsubject" in path:
            return {"status": self.rights}
        kind, _slash, name = path.partition(f"/namespaces/{NAMESPACE}/")[2].partition("/")
        if method == "GET":
            return self._get(kind, name) if name else {"items": self._list(kind, query)}
        if method == "POST":
            return self._create(kind, body, dry_run="dryRun" in query)
        if method == "PUT":
            return self._replace(kind, name, body)
        if method == "DELETE":
            return self.objects.pop((kind, name), {})
        return self._patch(kind, name, body)

    def chunks(self, path, *, query=None, timeout_s=None) -> Generator[bytes, None, None]:
        raise NotImplementedError("tails are played by `world`")

    def world(self, report: Callable[[str], None]) -> World:
        """Return the world of one deployer in this cluster."""
        return World(lambda: self.now, self.sleep, report, self._open_tail)

    def store(self) -> Store:
        return Store(self, NAMESPACE)

    def lock(self, name: str, me: str) -> Lock:
        return Lock(self.store(), name, {}, me, lambda: self.now)

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what is due in it happen."""
        with self._turn:
            end = self.now + seconds
            while self._agenda and min(self._agenda)[0] <= end:
                due = min(self._agenda)
                self._agenda.remove(due)
                self.now = max(self.now, due[0])
                due[2]()
            self.now = end

    # -- as a test sees it ---------------------------------------------------------------------

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Put something on the agenda."""
        self._agenda.append((self.now + seconds, next(self._numbers), happen))

    def put(self, kind: str, body: dict) -> dict:
        """Create or overwrite an object without asking."""
        made = _copy(body)
        meta = made.setdefault("metadata", {})
        meta.setdefault("uid", f"uid-{next(self._numbers)}")
        meta.setdefault("namespace", NAMESPACE)
        meta.setdefault("creationTimestamp", self.stamp())
        meta["resourceVersion"] = str(next(self._numbers))
        self.objects[kind, meta["name"]] = made
        return _copy(made)

    def all(self, kind: str) -> list[dict]:
        return [found for (each, _name), found in sorted(self.objects.items()) if each == kind]

    def stamp(self) -> str:
        """Return the API server's time."""
        return (EPOCH + timedelta(seconds=self.now)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def end_job(self, name: str, kind: str = "Complete", reason: str = "") -> None:
        job = self.objects["jobs", name]
        status = job.setdefault("status", {})
        condition = {
            "type": kind,
            "status": "True",
            "reason": reason,
            "lastTransitionTime": self.stamp(),
        }
        status["conditions"] = [condition]
        if kind == "Complete":
            status["completionTime"] = self.stamp()

    def kill_pod(self, name: str) -> None:
        """Delete a running pod: its container ends with 143, its Job fails, and it is gone."""
        job = self.objects["pods", name]["metadata"]["labels"]["batch.kubernetes.io/job-name"]
        del self.objects["pods", name]
        self.end_job(job, "Failed", "PodFailurePolicy")

    # -- verbs ---------------------------------------------------------------------------------

    def _get(self, kind: str, name: str) -> dict:
        found = self.objects.get((kind, name))
        if found is None:
            raise ApiError(404, "NotFound", f"{kind} {name} not found", {})
        return _copy(found)

    def _list(self, kind: str, query: dict) -> list[dict]:
        found = [each for each in self.all(kind) if _matches(each, query.get("labelSelector", ""))]
        if field_selector := query.get("fieldSelector"):
            uid = field_selector.partition("=")[2]
            found = [each for each in found if each["involvedObject"]["uid"] == uid]
        return _copy(found)

    def _create(self, kind: str, body: dict, *, dry_run: bool) -> dict:
        if (kind, body["metadata"]["name"]) in self.objects:
            raise ApiError(409, "AlreadyExists", "already exists", {})
        if dry_run:
            return body
        made = self.put(kind, body)
        if kind == "jobs":
            self._begin(made)
        return made

    def _replace(self, kind: str, name: str, body: dict) -> dict:
        live = self._get(kind, name)
        if live["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            raise ApiError(409, "Conflict", "the object has been modified", {})
        return self.put(kind, body)

    def _patch(self, kind: str, name: str, body: dict) -> dict:
        merged = _merged(self._get(kind, name), body)
        if kind == "jobs" and body.get("spec", {}).get("activeDeadlineSeconds") == 1:
            self.after(1, lambda: self._cut_off(name))
        return self.put(kind, merged)

    # -- the Job controller ----------------------------------------------------------------------

    def _begin(self, job: dict) -> None:
        name, script = job["metadata"]["name"], self.script
        live = self.objects["jobs", name]
        live["status"] = {"startTime": self.stamp()}
        pod = self.put("pods", _pod(job))["metadata"]["name"]
        self.pod_lines[pod] = script.lines
        if script.waiting:
            self._set_state(pod, "Pending", {"waiting": script.waiting})
            return
        self.after(script.start_s, lambda: self._set_state(pod, "Running", {"running": {}}))
        self.after(script.start_s + script.run_s, lambda: self._finish(name, pod, script))

    def _finish(self, job: str, pod: str, script: Script) -> None:
        if ("jobs", job) not in self.objects or ("pods", pod) not in self.objects:
            return
        ended = {"exitCode": script.exit_code, "startedAt": self.stamp()}
        phase = "Failed" if script.exit_code else "Succeeded"
        self._set_state(pod, phase, {"terminated": ended})
        self.end_job(job, "Failed" if script.exit_code else "Complete", "PodFailurePolicy")

    def _cut_off(self, job: str) -> None:
        for pod in self.all("pods"):
            if pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] == job:
                del self.objects["pods", pod["metadata"]["name"]]
        self.end_job(job, "Failed", "DeadlineExceeded")

    def _set_state(self, pod: str, phase: str, state: dict) -> None:
        found = self.objects.get(("pods", pod))
        if found:
            status = {"name": "migrate", "image": "shop:1", "imageID": "sha256:1", "state": state}
            found["status"] = {"phase": phase, "containerStatuses": [status]}

    def _open_tail(self, pod: dict, container: str, sink: Callable[[list[str]], None]) -> Tail:
        return Tail(self.pod_lines[pod["metadata"]["name"]], sink)


class Tail:
    """A log that is there as soon as its container has ended."""

    def __init__(self, lines: tuple[str, ...], sink: Callable[[list[str]], None]) -> None:
        self._lines, self._sink = list(lines), sink

    def finish(self, meanwhile) -> None:
        while self._lines:
            self._sink([self._lines.pop(0)])


def _copy(value):
    """Return a deep copy of JSON; several times as fast as copy.deepcopy."""
    return marshal.loads(marshal.dumps(value))


def _pod(job: dict) -> dict:
    meta = job["metadata"]
    labels = job["spec"]["template"]["metadata"]["labels"] | {
        "batch.kubernetes.io/controller-uid": meta["uid"],
        "batch.kubernetes.io/job-name": meta["name"],
    }
    spec = job["spec"]["template"]["spec"] | {"nodeName": "node-1"}
    name = f"{meta['name']}-x"
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": {"phase": "Pending"},
    }


def _matches(obj: dict, selector: str) -> bool:
    labels = obj["metadata"].get("labels") or {}
    for term in re.split(r",(?![^(]*\))", selector) if selector else []:
        if found := re.fullmatch(r"(\S+) in \((.*)\)", term):
            if labels.get(found[1]) not in found[2].split(","):
                return False
        else:
            key, equals, value = term.partition("=")
            if (labels.get(key) != value) if equals else key not in labels:
                return False
    return True


def _merged(target: dict, patch: dict) -> dict:
    merged = dict(target)
    for key, value in patch.items():
        old = merged.get(key)
        merged[key] = _merged(old or {}, value) if isinstance(value, dict) else value
    return merged
