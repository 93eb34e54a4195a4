# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of migration_gate: options in, result out.

Databases are migrated side by side, the migrations of one database in order; after a failure the
later ones of that database are not run.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.deployer import deployer
from ansible_collections.slipway.stack.plugins.module_utils.kube import objects
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.migrations import (
    answer,
    slots,
    steps,
    upkeep,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.ending import (
    Ending,
    Outcome,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.gate import Gate, Limits
from ansible_collections.slipway.stack.plugins.module_utils.migrations.lock import Lock
from ansible_collections.slipway.stack.plugins.module_utils.migrations.logs import Tail
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store
from ansible_collections.slipway.stack.plugins.module_utils.migrations.transcript import Sink
from ansible_collections.slipway.stack.plugins.module_utils.migrations.wishes import (
    Wish,
    demand,
    meeting_place,
    wish,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.world import World

Report = Callable[[str], None]
LATER = Ending(Outcome.LATER)


class _Stopped(Exception):
    """The deployer was interrupted: leave everything as it is."""


def run(params: Mapping[str, Any], *, check: bool, report: Report) -> dict[str, Any]:
    """Return the module's result. Raises MigrationError and KubeError.

    params: options of the module migration_gate.
    """
    return ask(connect(params), params, check=check, report=report)


def ask(
    client: Client, params: Mapping[str, Any], *, check: bool, report: Report
) -> dict[str, Any]:
    """Do the same with a client that is there already."""
    home = Store(client, params.get("namespace") or client.namespace)
    _check_names(params["migrations"])
    if params["state"] in ("history", "unlocked", "absent"):
        return _keep_up(home, params, check=check)
    wishes = [wish(option, home) for option in params["migrations"]]
    if check or params["state"] == "query":
        return _plan(wishes, params, check=check)
    for wanted in wishes:
        demand(wanted)
    now = [wanted for wanted in wishes if _is_now(wanted, params)]
    endings = _run(now, wishes, home, params, report)
    return dict(answer.result([(each, endings.get(each.name, LATER)) for each in wishes], []))


def _keep_up(home: Store, params: Mapping[str, Any], *, check: bool) -> dict[str, Any]:
    """Do what is beside a roll-out."""
    if params["state"] == "history":
        places = [meeting_place(option, home) for option in params["migrations"]]
        return upkeep.history([home, *places])
    named = [
        upkeep.Named(
            slots.migration_name(option["name"]),
            option["database"]["id"],
            meeting_place(option, home),
        )
        for option in params["migrations"]
    ]
    change = upkeep.forget if params["state"] == "absent" else upkeep.unlock
    return change(named, params["holder"], check=check)


def _run(
    now: Sequence[Wish],
    wishes: Sequence[Wish],
    home: Store,
    params: Mapping[str, Any],
    report: Report,
) -> dict[str, Ending]:
    stop = threading.Event()
    world, me = _world(home, report, stop), _me()

    def ensure(wanted: Wish) -> Ending:
        terms = _terms(wanted, wishes, params)
        if premature := _premature(wanted, wishes, params):
            return Ending(Outcome.FAILED, Class.REFUSED, premature)
        limits = Limits(wanted.timeout_s, params["lock_wait"], terms)
        return _ensure(wanted, world, me, limits)

    return _side_by_side(_by_database(now), ensure, stop)


def _is_now(wanted: Wish, params: Mapping[str, Any]) -> bool:
    return params.get("phase", "all") in ("all", wanted.phase)


def _premature(wanted: Wish, wishes: Sequence[Wish], params: Mapping[str, Any]) -> str:
    """Say what has to pass before a run of phase post, "" if nothing has."""
    if wanted.phase == "pre" or params.get("phase", "all") != "post":
        return ""
    scene = wanted.store.known(wanted.database)
    for other in wishes:
        before = other.phase == "pre" and other.database == wanted.database
        if before and other.run and not scene.passed(other.run.run_id):
            return f"{other.name} comes before it and has not passed: run phase pre first"
    return ""


def _terms(wanted: Wish, wishes: Sequence[Wish], params: Mapping[str, Any]) -> steps.Terms:
    """Return on which terms a run may begin: it belongs together with those of its release."""
    release = {each.run.run_id for each in wishes if each.run and each.database == wanted.database}
    pardoned = {slots.migration_name(name) for name in params["rerun"]}
    return steps.Terms(_unrecorded(wanted, params), frozenset(release), frozenset(pardoned))


def _check_names(options: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(slots.migration_name(option["name"]) for option in options)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise MigrationError(f"migrations: {', '.join(twice)} stands there twice; rename one.")


def _unrecorded(wanted: Wish, params: Mapping[str, Any]) -> steps.Unrecorded:
    if wanted.name in params["baseline"]:
        return steps.Unrecorded.BASELINE
    if wanted.external and wanted.name not in params["rerun"]:
        return steps.Unrecorded.REFUSE
    return steps.Unrecorded.RUN


def _plan(wishes: Sequence[Wish], params: Mapping[str, Any], *, check: bool) -> dict[str, Any]:
    """Return what a run would do, read only."""
    answers, diffs = [], []
    scenes: dict[tuple[str, str], steps.Scene] = {}
    for wanted in wishes:
        place = wanted.store.namespace, wanted.database
        scene = scenes.get(place) or wanted.store.known(wanted.database)
        scenes[place] = scene
        ending = _planned(wanted, scene, _terms(wanted, wishes, params))
        if check and ending.outcome is Outcome.WOULD_RUN and not _is_now(wanted, params):
            ending = LATER
        answers.append((wanted, ending))
        if ending.outcome is Outcome.WOULD_RUN:
            diffs.append(answer.identity_diff(wanted, _last_passed(wanted, scene)))
    found = dict(answer.result(answers, diffs))
    return found if check else found | {"changed": False}


def _planned(wanted: Wish, scene: steps.Scene, terms: steps.Terms) -> Ending:
    if wanted.run is None:
        return Ending(Outcome.WOULD_RUN, sentence=wanted.missing)
    step = steps.step(scene, wanted.run, steps.started(scene), terms)
    if isinstance(step, steps.Done):
        return Ending(Outcome.SKIPPED, record=step.record, job=step.record.job)
    if isinstance(step, steps.Refuse):
        return Ending(Outcome.FAILED, step.cls, step.sentence)
    if isinstance(step, steps.Baseline):
        return Ending(Outcome.WOULD_RUN, sentence="would be recorded as baseline, without running")
    return Ending(Outcome.WOULD_RUN)


def _last_passed(wanted: Wish, scene: steps.Scene) -> Any:
    name = slots.migration_name(wanted.name)
    passed = [record for record in scene.records if record.passed and record.migration == name]
    return max(passed, key=lambda record: record.sequence, default=None)


def _by_database(wishes: Sequence[Wish]) -> list[list[Wish]]:
    groups: dict[str, list[Wish]] = {}
    for wanted in wishes:
        groups.setdefault(wanted.database, []).append(wanted)
    return list(groups.values())


def _side_by_side(
    groups: Sequence[list[Wish]],
    ensure: Callable[[Wish], Ending],
    stop: threading.Event,
) -> dict[str, Ending]:
    """Run each group in a thread; an interrupt ends the waiting, not the Jobs."""
    with ThreadPoolExecutor(max_workers=max(1, len(groups))) as pool:
        futures = [pool.submit(_in_order, group, ensure) for group in groups]
        try:
            wait(futures)
        finally:
            stop.set()
    return {name: ending for future in futures for name, ending in future.result().items()}


def _in_order(group: Sequence[Wish], ensure: Callable[[Wish], Ending]) -> dict[str, Ending]:
    endings: dict[str, Ending] = {}
    broken = ""
    for wanted in group:
        if broken:
            sentence = f"{broken} comes before it on this database and did not pass"
            endings[wanted.name] = Ending(Outcome.NOT_RUN, Class.NOT_RUN, sentence)
            continue
        endings[wanted.name] = ensure(wanted)
        broken = wanted.name if endings[wanted.name].failed else ""
    return endings


def _ensure(wanted: Wish, world: World, me: str, limits: Limits) -> Ending:
    labels = slots.kept_labels(objects.labels(wanted.job))
    labels[slots.DATABASE] = slots.database_hash(wanted.database)
    lock = Lock(wanted.store, slots.lease_name(wanted.database), labels, me, world.clock)
    try:
        return Gate(demand(wanted), wanted.job, wanted.store, lock, world, limits).ensure()
    except MigrationError as error:
        return Ending(Outcome.FAILED, Class.REFUSED, str(error))
    except KubeError as error:
        return Ending(Outcome.FAILED, Class.NO_ANSWER, str(error))


def _world(home: Store, report: Report, stop: threading.Event) -> World:
    turn = threading.Lock()

    def one_at_a_time(line: str) -> None:
        with turn:
            report(line)

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise _Stopped

    def open_tail(pod: Object, container: str, sink: Sink) -> Tail:
        place = Store(home.client, pod["metadata"]["namespace"])
        path = place.path("pods", pod["metadata"]["name"], "log")
        return Tail(home.client, path, container, sink)

    return World(_clock, sleep, one_at_a_time, open_tail)


def _clock() -> float:
    """Return monotonic seconds that also count while the machine is suspended, where it can."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def _me() -> str:
    """Return a name for this deployer: unique, and good to read in a message."""
    return f"{deployer()}-{os.getpid()}-{secrets.token_hex(3)}"
