# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several deployers, one in-memory cluster, one seed: the same play every time.

Each deployer is the real code in a thread, but only one thread moves at a time: at every request
and every sleep it hands over, and the seed says who goes on. The seed also delays requests and
answers (longer than the Lease lasts, if it likes), loses them, and kills deployers and pods.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import (
    ApiError,
    ConnectError,
    KubeError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.gate import Gate, Limits
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import World

from tests.unit.migrations import made
from tests.unit.migrations.cluster import NAMESPACE, Cluster, Script


@dataclass(frozen=True)
class Harm:
    """How often what goes wrong, as probabilities at each request; delays up to `longest_s`."""

    delay: float = 0.03
    longest_s: float = 90.0
    lose: float = 0.02
    kill: float = 0.004
    kill_pod: float = 0.15


CALM = Harm(delay=0, longest_s=0, lose=0, kill=0, kill_pod=0)


class Killed(BaseException):
    """This deployer is dead."""


class Actor:
    """One deployer: a thread that moves only when it is its turn."""

    def __init__(self, theatre: Theatre, name: str, args: list[str], harm: Harm) -> None:
        self.name, self.harm = name, harm
        self.ready_at = theatre.cluster.now
        self.over = False
        self.dead = False
        self.ending = None
        self.trouble: BaseException | None = None
        self._theatre = theatre
        self._turn, self._yielded = threading.Lock(), threading.Lock()
        self._turn.acquire()
        self._yielded.acquire()
        self._thread = threading.Thread(target=self._play, args=(args,), daemon=True)
        self._thread.start()

    def move(self) -> None:
        """Let it go on until it hands over."""
        self._turn.release()
        self._yielded.acquire()

    def pause(self, seconds: float) -> None:
        """Hand over, and be ready again in some seconds. Called by its own thread."""
        self.ready_at = self._theatre.cluster.now + seconds
        self._yielded.release()
        self._turn.acquire()
        if self.dead:
            raise Killed

    def request(self, method: str, path: str, **options) -> dict:
        """Stand between the deployer and the cluster, and do harm."""
        chance, harm = self._theatre.chance, self.harm
        self._delay()
        self._maybe_die()
        if chance.random() < harm.lose:
            raise ConnectError("the request was lost")
        options.pop("timeout_s", None)
        try:
            answer = self._theatre.cluster.request(method, path, **options)
        except ApiError:
            self._delay()
            raise
        self._theatre.look()
        self._delay()
        self._maybe_die()
        if chance.random() < harm.lose:
            raise ConnectError("the answer was lost")
        return answer

    def chunks(self, path: str, **options) -> None:
        raise NotImplementedError

    def _maybe_die(self) -> None:
        """Die by chance, and stay dead: what would be cleaned up on the way out is not."""
        self.dead = self.dead or self._theatre.chance.random() < self.harm.kill
        if self.dead:
            raise Killed

    def _delay(self) -> None:
        chance = self._theatre.chance
        long = chance.random() < self.harm.delay
        self.pause(chance.uniform(0, self.harm.longest_s) if long else 0.0)

    def _play(self, args: list[str]) -> None:
        self._turn.acquire()
        try:
            self.ending = self._gate(args).ensure()
        except Killed:
            pass
        except KubeError as error:
            self.trouble = error
        except BaseException as error:
            self.trouble = error
            self._theatre.violations.append(f"{self.name} broke down: {error!r}")
        self.over = True
        self._yielded.release()

    def _gate(self, args: list[str]) -> Gate:
        cluster = self._theatre.cluster
        store = Store(self, NAMESPACE)
        rendered = made.job(args=args)
        run = made.run(rendered)
        world = World(lambda: cluster.now, self.pause, lambda line: None, cluster._open_tail)
        lock = Lock(store, slots.lease_name(run.database), {}, self.name, lambda: cluster.now)
        return Gate(run, rendered, store, lock, world, Limits(300, 300))


class Theatre:
    """One play. violations: what must never happen and did."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cluster = Cluster()
        self.violations: list[str] = []
        self.actors: list[Actor] = []
        self._true_ends: dict[str, int] = {}
        self._passed: set[str] = set()
        self._jobs: set[str] = set()

    def enter(self, name: str, args: list[str], harm: Harm) -> Actor:
        """Let a deployer begin."""
        actor = Actor(self, name, args, harm)
        self.actors.append(actor)
        return actor

    def play(self) -> None:
        """Go on until every deployer is over, or something happened that must not."""
        while alive := [actor for actor in self.actors if not actor.over]:
            if self.violations:
                for actor in alive:
                    actor.dead = True
            ready = [actor for actor in alive if actor.ready_at <= self.cluster.now]
            if ready:
                self.chance.choice(ready).move()
            else:
                next_at = min(actor.ready_at for actor in alive)
                self.cluster.sleep(max(0.05, min(1.0, next_at - self.cluster.now)))
                self._harm_pods()
                self.look()  # what requests change is looked at there

    def script(self) -> Script:
        """Return how the next Job will go."""
        return Script(
            start_s=self.chance.uniform(0, 5),
            run_s=self.chance.uniform(0, 80),
            exit_code=self.chance.choice([0, 0, 0, 1]),
        )

    def look(self) -> None:
        """Check what must hold at every moment."""
        pods, jobs = self.cluster.all("pods"), self.cluster.all("jobs")
        running = [pod["metadata"]["name"] for pod in pods if pod["status"]["phase"] == "Running"]
        if len(running) > 1:
            self._violate(f"two at once: {running}")
        self._look_at_new_jobs(jobs)
        for pod in pods:
            states = pod["status"].get("containerStatuses") or []
            done = [each["state"]["terminated"] for each in states if "terminated" in each["state"]]
            if done:
                job = pod["metadata"]["labels"]["batch.kubernetes.io/job-name"]
                self._true_ends[job] = done[0]["exitCode"]
        for record in self.cluster.all("configmaps"):
            self._look_at_record(record["data"])

    def _look_at_new_jobs(self, jobs: list[dict]) -> None:
        for job in jobs:
            name, run = job["metadata"]["name"], job["metadata"]["annotations"][slots.RUN]
            if name in self._jobs:
                continue
            if run in self._passed:
                self._violate(f"{name} repeats a run that has passed")
            self._jobs.add(name)
            self.cluster.script = self.script()

    def _look_at_record(self, data: dict) -> None:
        if "passed" in data:
            self._passed.add(data["run_id"])
            if self._true_ends.get(data["job"]) != 0:
                self._violate(f"marker of {data['job']}, which did not pass")

    def _harm_pods(self) -> None:
        harm = max((actor.harm.kill_pod for actor in self.actors if not actor.over), default=0)
        for pod in self.cluster.all("pods"):
            phase = pod["status"]["phase"]
            if phase == "Running" and self.chance.random() < harm / 20:
                self.cluster.kill_pod(pod["metadata"]["name"])

    def _violate(self, what: str) -> None:
        if what not in self.violations:
            self.violations.append(what)


def play(seed: int) -> Theatre:
    """Play two rounds of harmed deployers, then a calm one for each release."""
    theatre = Theatre(seed)
    chance = theatre.chance
    theatre.cluster.script = theatre.script()
    releases = [["migrate", "one"], ["migrate", "two"]][: chance.choice([1, 2])]
    for act in range(2):
        for number in range(chance.choice([2, 3, 4])):
            name = f"deployer-{act}-{number}"
            theatre.enter(name, chance.choice(releases), Harm())
        theatre.play()
    for number, release in enumerate(releases):
        _calm(theatre, number, release)
    return theatre


def _calm(theatre: Theatre, number: int, release: list[str]) -> None:
    """Deploy without harm: after at most a few failures of the migration itself it is recorded."""
    for attempt in range(12):
        actor = theatre.enter(f"calm-{number}-{attempt}", release, CALM)
        theatre.play()
        if actor.ending and actor.ending.record and actor.ending.record.passed:
            return
    theatre.violations.append(f"no progress: {actor.ending} {actor.trouble}")
