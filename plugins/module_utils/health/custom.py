# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controllers of custom kinds say, as data.

A rule names conditions that must hold, or a field and its words. The tables are in custom_kinds/.
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
    annotation,
    condition,
    conditions,
    evidence,
    is_current,
    is_false,
    is_true,
    said,
    status,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import (
    Object,
    labels,
    ref,
)

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Custom:
    """What one kind says.

    conditions:   types that must all be True; ("*",) for all that are there.
    false_fails:  whether a False of them is final: always, never, or (None) as its reason sounds.
    busy_reasons: reasons of a False, or of a `failed_if`, that pass by themselves.
    broken_if_not: types whose False is a failure, whatever the others say.
    failed_if:    types whose True is a failure; busy_if: that is progress; suspended_if: that is
                  standing still.
    field:        dotted path of a word; ready, failed, suspended: its words, in lower case;
                  any other word is progress.
    holds, breaks: paths and words besides, "path=word": which must be so, or must not ("*": any).
    asleep_if:    "path", "path=word", "annotation:key=word" or "label:key=word" of what tells it
                  to stand still.
    exists_if:    the same, for what tells that nothing is reported of the object.
    may_be_empty: whether no status means that all is well.
    general:      whether the general vocabulary decides what is left.
    """

    conditions: tuple[str, ...] = ()
    false_fails: bool | None = None
    busy_reasons: Words = frozenset()
    broken_if_not: tuple[str, ...] = ()
    failed_if: tuple[str, ...] = ()
    busy_if: tuple[str, ...] = ()
    suspended_if: tuple[str, ...] = ()
    field: str = ""
    ready: Words = frozenset()
    failed: Words = frozenset()
    suspended: Words = frozenset()
    holds: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    asleep_if: tuple[str, ...] = ()
    exists_if: tuple[str, ...] = ()
    may_be_empty: bool = False
    general: bool = False

    def __call__(self, obj: Object, view: View) -> Verdict:
        """Judge an object of this kind."""
        if found := next((one for one in self.asleep_if if says_so(obj, one)), ""):
            return suspended(f"{found.removeprefix('annotation:')} is set")
        if any(says_so(obj, one) for one in self.exists_if):
            return ready("exists", "Exists")
        if not status(obj) and not self.general:
            return self._empty()
        verdict = self._told_by_bad_conditions(obj) or self._told_by_breaks(obj)
        if self.general:
            return verdict or by_conditions(obj, view, final=self.false_fails)
        return verdict or self._told_by_word(obj) or self._told_by_conditions(obj) or ready()

    def _empty(self) -> Verdict:
        if self.may_be_empty:
            return ready("exists", "Exists")
        return progressing("NoStatus", "its controller has not reported yet")

    def _told_by_bad_conditions(self, obj: Object) -> Verdict | None:
        for one in (one for one in conditions(obj) if is_current(obj, one)):
            kind, reason = one.get("type"), str(one.get("reason") or one.get("type"))
            if is_false(one) and kind in self.broken_if_not and reason not in self.busy_reasons:
                return lacking(obj, one, final=True)
            if not is_true(one):
                continue
            if kind in self.suspended_if:
                return suspended(said(one))
            if kind in self.failed_if and reason not in self.busy_reasons:
                return failed(reason, said(one), (evidence(obj, one),))
            if kind in (*self.failed_if, *self.busy_if):
                return progressing(reason, said(one), evidence=(evidence(obj, one),))
        return None

    def _told_by_breaks(self, obj: Object) -> Verdict | None:
        for one in self.breaks:
            if says_so(obj, one):
                path = one.partition("=")[0]
                value = value_at(obj, path)
                text = one.replace("=", " is ") if value is None else f"{path} is {value}"
                return failed("Failed", text, (Evidence(str(ref(obj)), text),))
        return None

    def _told_by_word(self, obj: Object) -> Verdict | None:
        for one in self.holds:
            if not says_so(obj, one):
                path, _equals, wanted = one.partition("=")
                text = f"{path} is {value_at(obj, path) or 'not there'}, not {wanted}"
                if not self._is_bad_word(obj):
                    return progressing("NotReady", text, evidence=(Evidence(str(ref(obj)), text),))
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

    def _is_bad_word(self, obj: Object) -> bool:
        word = str(value_at(obj, self.field) if self.field else "").lower()
        return word in self.failed or word in self.suspended

    def _told_by_conditions(self, obj: Object) -> Verdict | None:
        found = conditions(obj)
        if self.conditions == ("*",) and not found:
            return progressing("NoConditions", "it reports no condition yet")
        kinds = [str(one.get("type")) for one in found] if "*" in self.conditions else ()
        for kind in kinds or self.conditions:
            one = condition(found, kind)
            if not one:
                return progressing(f"Not{kind}", f"it does not say {kind} yet")
            if not is_current(obj, one):
                return progressing("NotObserved", "its controller has not seen this generation")
            if not is_true(one):
                is_busy = str(one.get("reason") or "") in self.busy_reasons
                return lacking(obj, one, final=False if is_busy else self.false_fails)
        return None


def says(*kinds: str, **options: Any) -> Custom:
    """Return the rule of a kind that is ready when these conditions hold."""
    return Custom(conditions=kinds, **_words(options))


def word(field: str, **options: Any) -> Custom:
    """Return the rule of a kind that is ready when a field has one of the words of `ready`."""
    return Custom(field=field, **_words(options))


def general(**options: Any) -> Custom:
    """Return the rule of a kind that the general vocabulary reads, but for one thing."""
    return Custom(general=True, **_words(options))


def each(kinds: str, rule: Any) -> dict[str, Any]:
    """Return the same rule for several kinds."""
    return dict.fromkeys(kinds.split(), rule)


def _words(options: Mapping[str, Any]) -> dict[str, Any]:
    """Split texts into words: sets for reasons and words, in lower case but for reasons."""
    made = dict(options)
    for key in ("ready", "failed", "suspended"):
        if key in made:
            made[key] = frozenset(part.strip().lower() for part in made[key].split(","))
    for key in (
        *("failed_if", "busy_if", "suspended_if", "broken_if_not"),
        *("holds", "breaks", "asleep_if", "exists_if"),
    ):
        if key in made:
            made[key] = tuple(made[key].split())
    if "busy_reasons" in made:
        made["busy_reasons"] = frozenset(made["busy_reasons"].split())
    return made


def says_so(obj: Object, what: str) -> bool:
    """Whether ``path=word``, ``annotation:key=word``, ``label:key=word`` or ``path`` is so."""
    path, equals, wanted = what.partition("=")
    if path.startswith("annotation:"):
        return annotation(obj, path.removeprefix("annotation:")) == wanted
    if path.startswith("label:"):
        return labels(obj).get(path.removeprefix("label:")) == wanted
    value = value_at(obj, path)
    if not equals:
        return bool(value)
    if wanted == "*":
        return value not in (None, "", 0)
    return value is not None and str(value).lower() == wanted.lower()


def value_at(obj: Object, path: str) -> Any:
    """Return the value at a dotted path, None where a part is missing."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
