# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which phases of a deployment have something to do. Pure."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.inputs import same
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.plan import Action, Item
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.prune import Stale
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply.refusal import Refusal
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, Ref, ref
from ansible_collections.slipway.stack.plugins.module_utils.migrations.ending import Outcome

# In the order of site.yml, named as its tags; the last one records the release.
PHASES = ("infra", "migrations", "workloads", "contract", "ingress", "record")
OF_MIGRATION = {"pre": "migrations", "post": "contract"}


def pending(reasons: Mapping[str, str], bare: Container[str] = ()) -> list[str]:
    """Return the first phase that has a reason and all after it: they stand on what it does.

    bare: phases that nobody has anything for, see `bare`.
    """
    first = next((number for number, phase in enumerate(PHASES) if phase in reasons), len(PHASES))
    return [phase for phase in PHASES[first:] if phase not in bare]


def bare(
    wanted: Mapping[str, Sequence[Object]],
    held: Mapping[str, Sequence[Ref]] | None,
    migrations: Collection[str],
) -> frozenset[str]:
    """Return the phases that the stack has nothing for, and nothing to prune in.

    wanted: role → objects. held: role → what it remembers to have applied, None if nobody knows.
    migrations: the phase of each, pre or post.
    """
    known = wanted if held is not None else ()
    roles = {role for role in known if not wanted[role] and not (held or {}).get(role)}
    if not migrations:  # those of phase pre also tell the markers of the others
        roles.add(OF_MIGRATION["pre"])
    return frozenset(roles | (set() if "post" in migrations else {OF_MIGRATION["post"]}))


def summary(reasons: Mapping[str, str], objects: int, migrations: int) -> str:
    """Return one line: what is to be done and why, or that there is nothing."""
    todo = pending(reasons)
    if todo:
        return f"to do from {todo[0]} on: {reasons[todo[0]]}"
    passed = f", {_count(migrations, 'migration')} passed" if migrations else ""
    return f"nothing to do: {_count(objects, 'object')} as wanted and ready{passed}"


def unlike(outcomes: Iterable[Item | Refusal], held: Iterable[Ref]) -> str:
    """Say which object is not certainly as it is wanted, "" if all are.

    held: what the phase remembers to have applied.
    """
    known = {same(one) for one in held}
    for one in outcomes:
        if isinstance(one, Refusal):
            return f"{ref(one.obj)} would be refused"
        if one.changes:
            return f"{ref(one.desired)} {'differs' if one.live else 'does not exist'}"
        if one.action != Action.SKIPPED and same(ref(one.desired)) not in known:
            return f"{ref(one.desired)} is not remembered"
    return ""


def unwanted(judged: Iterable[Stale]) -> str:
    """Say what would be pruned, "" if nothing would."""
    gone = [one for one in judged if not one.kept]
    return f"{gone[0].ref} is not wanted any more" if gone else ""


def unpassed(
    migrations: Iterable[Mapping[str, Any]], phase_of: Mapping[str, str]
) -> dict[str, str]:
    """Return the phases of migrations that have not passed: phase → reason.

    migrations: as migration_gate returns them. phase_of: name → pre or post.
    """
    found: dict[str, str] = {}
    for one in migrations:
        if one["outcome"] != Outcome.SKIPPED:
            reason = f"migration {one['name']} has not passed"
            found.setdefault(OF_MIGRATION[phase_of[one["name"]]], reason)
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
