# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of survey: looks at a stack and its cluster at once, and changes nothing.

It compares, judges and asks with what the phases themselves use: the managed fields of every
object, health_wait's verdicts, the gate's records, the releases. What is not certain is to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.slipway.stack.plugins.module_utils.arguments import (
    MIGRATION_GATE,
    RELEASE,
)
from ansible_collections.slipway.stack.plugins.module_utils.errors import SlipwayError
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import applied_set
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import prepare
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import compare
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.work import Work
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client, connect
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import ConnectError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, Ref, ref
from ansible_collections.slipway.stack.plugins.module_utils.migrations import front as gate
from ansible_collections.slipway.stack.plugins.module_utils.packed import unpack
from ansible_collections.slipway.stack.plugins.module_utils.preflight import ask as preflight
from ansible_collections.slipway.stack.plugins.module_utils.releases import front as releases
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import migrations, of_role
from ansible_collections.slipway.stack.plugins.plugin_utils.survey import phases
from ansible_collections.slipway.stack.plugins.plugin_utils.survey.sight import Sight, look

ROLES = ("infra", "workloads", "ingress")
Report = Callable[[str], None]
Rendered = Mapping[str, Sequence[Object]]  # role → objects


class Look(NamedTuple):
    """What was found. reasons: phase → why it has something to do; markers: see render.

    bare: the phases that there is nothing for.
    """

    reasons: dict[str, str]
    objects: int = 0
    markers: dict[str, str] | None = None
    warnings: Sequence[str] = ()
    bare: frozenset[str] = frozenset()


class Scene(NamedTuple):
    """What is wanted and what the cluster knows of it.

    held: role → what it remembers to have applied, None if nobody knows. answer: the gate's.
    trouble: why all is to be done.
    """

    work: Work
    models: Mapping[str, Any]
    held: Mapping[str, Sequence[Ref]] | None
    answer: Mapping[str, Any]
    trouble: str = ""


def run(params: Mapping[str, Any], *, check: bool, report: Report) -> dict[str, Any]:
    """Return what is missing and which phases have something to do.

    params: as in arguments.SURVEY. Check mode makes no difference. What cannot be asked about the
    phases is to be done: they will say why. Raises KubeError if the cluster cannot be asked at all.
    """
    work = _work(params)
    scene = _scene(work, params)
    rendered = {role: of_role(scene.models, role, scene.answer["markers"]) for role in ROLES}
    jobs = [migration["job"] for migration in migrations(scene.models)]
    every = [*chain.from_iterable(rendered.values()), *jobs]
    missing = preflight.answer(preflight.gaps(work.client, every, work.namespace))
    if missing["failed"]:
        return missing
    bare = bare_phases(scene.models, rendered, scene.held)
    return missing | told(_look(scene, rendered, params, report)._replace(bare=bare), report)


def bare_phases(
    models: Mapping[str, Any], rendered: Rendered, held: Mapping[str, Sequence[Ref]] | None
) -> frozenset[str]:
    """Return the phases that there is nothing for, see phases.bare."""
    return phases.bare(rendered, held, [one["phase"] for one in models["migrations"]])


def told(look: Look, report: Report) -> dict[str, Any]:
    """Return the part of the module's result that says what is to be done."""
    msg = phases.summary(look.reasons, look.objects, len(look.markers or {}))
    report(msg)
    facts: dict[str, Any] = {"slipway_pending": phases.pending(look.reasons, look.bare)}
    if look.markers is not None:
        facts["slipway_markers"] = look.markers
    pending = facts["slipway_pending"]
    return {"msg": msg, "pending": pending, "warnings": [*look.warnings], "ansible_facts": facts}


def _scene(work: Work, params: Mapping[str, Any]) -> Scene:
    models = unpack(params["stack"])
    unknown = {"markers": {one["name"]: "" for one in models["migrations"]}}
    try:
        held = applied_set.of_all_roles(work.client, work.namespace, work.stack)
        if not held:
            return Scene(work, models, {}, unknown, f"{work.stack} is not there yet")
        return Scene(work, models, held, _ask_gate(work.client, models, params))
    except ConnectError:
        raise  # to ask for anything else would only take as long again
    except SlipwayError as error:
        return Scene(work, models, None, unknown, _first_line(error))


def _look(scene: Scene, rendered: Rendered, params: Mapping[str, Any], report: Report) -> Look:
    """Go through the phases; what cannot be asked is to be done."""
    if scene.trouble:
        return Look(
            {phases.PHASES[0]: scene.trouble}, markers=None if scene.models["migrations"] else {}
        )
    work = scene.work
    try:
        wanted = _prepared(work, rendered)
        every = [ref(obj) for objects in wanted.values() for obj in objects]
        seen = look(work.client, work.namespace, every)
        reasons = _unready(wanted, seen) | _unlike(scene, wanted, seen) | _unpassed(scene)
        if not reasons and _is_unrecorded(work.client, params["stack"]):
            reasons["record"] = "this release is not recorded"
    except SlipwayError as error:
        return Look({phases.PHASES[0]: _first_line(error)})
    for line in () if reasons else seen.lines:
        report(line)
    return Look(reasons, len(every), scene.answer["markers"], scene.answer["warnings"])


def _first_line(error: SlipwayError) -> str:
    return str(error).partition("\n")[0]


def _is_unrecorded(client: Client, stack: Mapping[str, Any]) -> bool:
    """Whether `release: {state: recorded}` would write something."""
    asked = {
        "namespace": stack["namespace"],
        "stack": stack["name"],
        "state": "recorded",
        "resolved": stack,
    }
    options = _complete(RELEASE, asked)
    answer = releases.ask(client, options, check=True, report=_silent)
    return bool(answer["changed"])


def _work(params: Mapping[str, Any]) -> Work:
    return Work(
        client=connect(params),
        namespace=params["stack"]["namespace"],
        stack=params["stack"]["name"],
        role="",
        check=False,
        report=_silent,
        force=False,
        given=params["secret_values"],
    )


def _ask_gate(
    client: Client, models: Mapping[str, Any], params: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what `migration_gate: {state: query}` says."""
    asked = {
        "migrations": migrations(models),
        "namespace": models["namespace"],
        "state": "query",
        "baseline": params["baseline"],
        "rerun": params["rerun"],
    }
    options = _complete(MIGRATION_GATE, asked)
    return gate.ask(client, options, check=False, report=_silent)


def _silent(_line: str) -> None:
    """Tell nobody: what it would say is told by the phase that does it."""


def _complete(spec: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a module's options with the defaults of those that are not given."""
    checked = ArgumentSpecValidator(spec["argument_spec"]).validate(asked)
    complete: dict[str, Any] = checked.validated_parameters
    return complete


def _prepared(work: Work, rendered: Rendered) -> Rendered:
    every = list(chain.from_iterable(rendered.values()))
    ready = iter(prepare(every, work.namespace, work.kinds, check=False))
    return {role: list(islice(ready, len(objects))) for role, objects in rendered.items()}


def _unpassed(scene: Scene) -> dict[str, str]:
    phase_of = {one["name"]: one["phase"] for one in scene.models["migrations"]}
    return phases.unpassed(scene.answer["migrations"], phase_of)


def _unlike(scene: Scene, wanted: Rendered, seen: Sight) -> dict[str, str]:
    """Return the roles that would change or prune something, each with the first reason."""
    every = list(chain.from_iterable(wanted.values()))
    compared = iter(compare(scene.work, every, [seen.live.get(ref(obj)) for obj in every]))
    found: dict[str, str] = {}
    for role, objects in wanted.items():
        mine, held = list(islice(compared, len(objects))), (scene.held or {}).get(role, [])
        gone = stale(scene.work, held, map(ref, objects))
        if reason := phases.unlike(mine, held) or phases.unwanted(gone):
            found[role] = reason
    return found


def _unready(wanted: Rendered, seen: Sight) -> dict[str, str]:
    """Return the roles of which something is not ready, each with the first of it."""
    found: dict[str, str] = {}
    for role, objects in wanted.items():
        bad = [one for one in map(ref, objects) if one in seen.unready]
        if bad:
            found[role] = f"{bad[0]} is not ready: {seen.unready[bad[0]]}"
    return found
