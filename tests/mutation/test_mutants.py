# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bugs planted one at a time: nearly all are refused, by the right check and at the right place."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache, reduce
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from ansible.utils.vars import merge_hash
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import check_objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, errors
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import objects
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import (
    Resolved,
    examined,
    resolve,
)

from tests.acceptance.systems import RELEASES
from tests.mutation import in_objects, in_stacks
from tests.mutation.planting import KINDS, Mutant, Sound, Tree

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)
FEWEST, KINDS_AT_LEAST, REFUSED = 200, 25, 0.98
EACH = 3  # mutants of one kind in one stack
INVENTORY = ROOT / "inventories" / "kind"
STACKS = [*sorted((ROOT / "stacks").glob("*.yml")), Path(__file__).parent / "rich.yml"]
assert in_objects
assert in_stacks


def answered(stack: Tree, environment: Tree) -> Resolved:
    """Resolve a stack; its files are called by their layer."""
    layers = [
        parse(yaml.safe_dump(tree, sort_keys=False), shown=f"{layer}.yml", layer=layer)[0]
        for tree, layer in ((stack, "stack"), (environment, "environment"))
    ]
    return resolve(layers[0], layers[1:], today=TODAY)


def environment_of(path: Path) -> Tree:
    """Return how a stack runs where it is developed."""
    host = INVENTORY / "host_vars" / path.name
    if not host.exists():
        found: Tree = yaml.safe_load(path.with_name("rich-dev.yml").read_text("utf-8"))
        return found
    cluster = yaml.safe_load((INVENTORY / "group_vars" / "all.yml").read_text("utf-8"))
    own = yaml.safe_load(host.read_text("utf-8"))["stack_env"]
    released = yaml.safe_load(RELEASES.get(path.stem, "{}"))
    return reduce(merge_hash, [cluster["stack_cluster"], own, released])


@lru_cache
def sound(path: Path) -> Sound:
    """Return a stack that has no bug."""
    stack = yaml.safe_load(path.read_text("utf-8"))
    environment = environment_of(path)
    resolved = answered(stack, environment)
    assert resolved.findings == [], [str(finding) for finding in resolved.findings]
    rendered = objects(build(cast(dict[str, Any], resolved.document)))
    return Sound(path.stem, stack, environment, rendered)


def found(mutant: Mutant) -> list[Finding]:
    """Return the errors that a mutant is refused with."""
    resolved = answered(mutant.stack, mutant.environment)
    if mutant.objects is None:
        return errors(resolved.findings)
    subject, _stack, _wiring = examined(resolved.tree)
    return errors(check_objects(mutant.objects, subject))


def refused(mutant: Mutant) -> bool:
    """Whether a mutant is refused by the right check, in words that name the place."""
    return any(
        finding.id in mutant.ids and mutant.place in str(finding) and finding.where is not None
        for finding in found(mutant)
    )


@pytest.mark.parametrize("path", STACKS, ids=[path.stem for path in STACKS])
def test_a_stack_without_a_bug_gives_no_finding(path: Path) -> None:
    assert sound(path)


def test_mutants_are_refused_by_the_right_check_at_the_right_place() -> None:
    mutants = [
        one
        for path in STACKS
        for plant in KINDS.values()
        for one in islice(plant(sound(path)), EACH)
    ]
    survivors = [mutant for mutant in mutants if not refused(mutant)]
    told = Counter(mutant.kind for mutant in survivors)
    print(f"{len(mutants)} mutants of {len(KINDS)} kinds, {len(survivors)} survived: {dict(told)}")
    assert len(mutants) >= FEWEST
    assert len({mutant.kind for mutant in mutants}) >= KINDS_AT_LEAST
    assert {mutant.kind for mutant in mutants} == set(KINDS)
    assert len(survivors) <= len(mutants) * (1 - REFUSED), told
