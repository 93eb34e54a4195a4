# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the custom resources that people really deploy say that they are ready: rules as data.

A rule names conditions that must hold, or a field and its words. The table is custom_table.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health.generic import (
    by_conditions,
    lacking,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Status,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.read import (
    condition,
    conditions,
    evidence,
    is_current,
    is_true,
    said,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.health.words import is_final
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Custom:
    """What one kind says.

    conditions:   types that must all be True.
    false_fails:  whether a False of them is final, whatever its reason, but for `busy_reasons`.
    busy_reasons: reasons of a False, or of a `failed_if`, that pass by themselves.
    failed_if:    types whose True is a failure; busy_if: that is progress; suspended_if: that is
                  standing still.
    field:        dotted path of a word; ready, failed, suspended: its words, in lower case;
                  any other word is progress.
    asleep_if:    dotted path of a field that is true while the object is told to stand still.
    exists_if:    dotted path and value with which nothing is reported of the object.
    general:      whether the general vocabulary decides what is left.
    """

    conditions: tuple[str, ...] = ()
    false_fails: bool = False
    busy_reasons: Words = frozenset()
    failed_if: tuple[str, ...] = ()
    busy_if: tuple[str, ...] = ()
    suspended_if: tuple[str, ...] = ()
    field: str = ""
    ready: Words = frozenset()
    failed: Words = frozenset()
    suspended: Words = frozenset()
    asleep_if: str = ""
    exists_if: tuple[str, str] | None = None
    general: bool = False

    def __call__(self, obj: Object, view: View) -> Verdict:
        """Judge an object of this kind."""
        if self.asleep_if and value_at(obj, self.asleep_if):
            return suspended(f"{self.asleep_if} is set")
        if self.exists_if and value_at(obj, self.exists_if[0]) == self.exists_if[1]:
            return ready("exists", "Exists")
        if self.general:
            return by_conditions(obj, view)
        if not status(obj):
            return progressing("NoStatus", "its controller has not reported yet")
        return (
            self._told_by_bad_conditions(obj)
            or self._told_by_word(obj)
            or self._told_by_conditions(obj)
            or ready()
        )

    def _told_by_bad_conditions(self, obj: Object) -> Verdict | None:
        for one in conditions(obj):
            if not is_true(one) or not is_current(obj, one):
                continue
            reason = str(one.get("reason") or one.get("type"))
            if one.get("type") in self.suspended_if:
                return suspended(said(one))
            if one.get("type") in self.failed_if and reason not in self.busy_reasons:
                return failed(reason, said(one), (evidence(obj, one),))
            if one.get("type") in (*self.failed_if, *self.busy_if):
                return progressing(reason, said(one), evidence=(evidence(obj, one),))
        return None

    def _told_by_word(self, obj: Object) -> Verdict | None:
        if not self.field:
            return None
        value = value_at(obj, self.field)
        word = "" if value is None else str(value)
        if word.lower() in self.ready:
            return None
        proof = (Evidence(str(ref(obj)), f"{self.field} is {word or 'not there'}"),)
        told = str(status(obj).get("message") or proof[0].text)
        if word.lower() in self.failed:
            return failed(word, told, proof)
        if word.lower() in self.suspended:
            return Verdict(Status.SUSPENDED, word, told, proof)
        return progressing(word or "NotReported", told, evidence=proof)

    def _told_by_conditions(self, obj: Object) -> Verdict | None:
        for kind in self.conditions:
            one = condition(conditions(obj), kind)
            if not one:
                return progressing(f"Not{kind}", f"it does not say {kind} yet")
            if not is_current(obj, one):
                return progressing("NotObserved", "its controller has not seen this generation")
            if not is_true(one):
                reason = str(one.get("reason") or "")
                final = self.false_fails or is_final(reason)
                return lacking(obj, one, final=final and reason not in self.busy_reasons)
        return None


def says(*kinds: str, **options: Any) -> Custom:
    """Return the rule of a kind that is ready when these conditions hold."""
    return Custom(conditions=kinds, **_words(options))


def word(field: str, **options: Any) -> Custom:
    """Return the rule of a kind that is ready when a field has one of the words of `ready`."""
    return Custom(field=field, **_words(options))


def general(**options: Any) -> Custom:
    """Return the rule of a kind that the general vocabulary reads, but for one thing."""
    return Custom(general=True, **options)


def each(kinds: str, rule: Custom) -> dict[str, Custom]:
    """Return the same rule for several kinds."""
    return dict.fromkeys(kinds.split(), rule)


def _words(options: Mapping[str, Any]) -> dict[str, Any]:
    """Split texts into words: sets for reasons and words, in lower case but for reasons."""
    made = dict(options)
    for key in ("ready", "failed", "suspended"):
        if key in made:
            made[key] = frozenset(part.strip().lower() for part in made[key].split(","))
    for key in ("failed_if", "busy_if", "suspended_if"):
        if key in made:
            made[key] = tuple(made[key].split())
    if "busy_reasons" in made:
        made["busy_reasons"] = frozenset(made["busy_reasons"].split())
    return made


def value_at(obj: Object, path: str) -> Any:
    """Return the value at a dotted path, None where a part is missing."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
