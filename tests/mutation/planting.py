# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of mutant is made from: a sound stack, a planted bug, and what must be said."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]
Steps = tuple[Any, ...]
Objects = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sound:
    """A stack and its environment as read, and the objects that they become."""

    name: str
    stack: Tree
    environment: Tree
    objects: Objects


@dataclass(frozen=True, slots=True)
class Mutant:
    """A stack with one bug. place: what the message must begin with. objects: changed ones."""

    kind: str
    ids: frozenset[str]
    place: str
    stack: Tree
    environment: Tree
    objects: Objects | None = None


Plant = Callable[[Sound], Iterator[Mutant]]
KINDS: dict[str, Plant] = {}


def kind(name: str, *ids: str) -> Callable[[Callable[[Sound], Iterator[Any]]], Plant]:
    """Register a kind of bug: a generator of (place, steps, value) for the stack file.

    `...` as the value deletes. ids: which checks may refuse it.
    """

    def register(plant: Callable[[Sound], Iterator[tuple[str, Steps, Any]]]) -> Plant:
        def mutants(sound: Sound) -> Iterator[Mutant]:
            for place, steps, value in plant(sound):
                trees = {"stack": sound.stack, "environment": sound.environment}
                side = "environment" if steps[0] == "environment" else "stack"
                trees[side] = changed(trees[side], steps[1:] if side != "stack" else steps, value)
                yield Mutant(name, frozenset(ids), place, trees["stack"], trees["environment"])

        KINDS[name] = mutants
        return mutants

    return register


def object_kind(name: str, *ids: str) -> Callable[[Callable[[Sound], Iterator[Any]]], Plant]:
    """Register a kind of bug in rendered objects: a generator of (index, steps, value)."""

    def register(plant: Callable[[Sound], Iterator[tuple[int, Steps, Any]]]) -> Plant:
        def mutants(sound: Sound) -> Iterator[Mutant]:
            for index, steps, value in plant(sound):
                objects = list(sound.objects)
                objects[index] = changed(objects[index], steps, value)
                changed_one = objects[index]
                place = f"{changed_one['kind']}/{changed_one['metadata']['name']}"
                if changed_one["kind"] == "NetworkPolicy":  # its pods are what is cut off
                    place = place.removeprefix("NetworkPolicy")
                yield Mutant(name, frozenset(ids), place, sound.stack, sound.environment, objects)

        KINDS[name] = mutants
        return mutants

    return register


def changed(tree: Any, steps: Steps, value: Any) -> Any:
    """Return a copy of a tree with the value at a path replaced, added or (`...`) deleted."""
    copied = copy.deepcopy(tree)
    parent = copied
    for step in steps[:-1]:
        parent = parent.setdefault(step, {}) if isinstance(parent, dict) else parent[step]
    if value is ...:
        del parent[steps[-1]]
    elif isinstance(parent, list) and steps[-1] == len(parent):
        parent.append(value)
    else:
        parent[steps[-1]] = value
    return copied


def typo(word: str) -> str:
    """Return a word with two letters exchanged, or one letter more."""
    for index in range(len(word) - 1, 0, -1):
        pair = word[index - 1 : index + 1]
        if pair.isalpha() and pair[0] != pair[1]:
            return word[: index - 1] + pair[::-1] + word[index + 1 :]
    return f"{word}x"
