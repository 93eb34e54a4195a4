# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that a person gives for kinds of their own: sentences such as ``status.phase = Ready``.

A sentence is a path, or a path, an operator and a value. A path picks an element of a list by a
field of it: ``status.conditions[type=Ready].status``. A value that begins with ``spec.`` or
``status.`` is a path too.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.model import (
    Evidence,
    Verdict,
    failed,
    progressing,
    ready,
    suspended,
)
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule, View
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object, ref

Compare = Callable[[Any, Any], bool]
OPERATORS: dict[str, Compare] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SENTENCE = re.compile(r"\s*(\S+?)\s*(?:(==|!=|>=|<=|=|>|<)\s*(.*?)\s*)?$")
_STEP = re.compile(r"([^.\[\]]+)|\[([^=\]]+)=([^\]]*)\]")
_PATHS = ("spec.", "status.", "metadata.")


class Sentence(NamedTuple):
    """One thing that may be so. compare: None for "it is there and not false"."""

    text: str
    path: str
    compare: str
    value: str

    def holds(self, obj: Object) -> bool:
        """Whether it is so of this object."""
        have = pick(obj, self.path)
        if not self.compare:
            return have not in (None, False, "", 0, [], {})
        is_path = self.value.startswith(_PATHS)
        want = pick(obj, self.value) if is_path else self.value.strip("\"'")
        return _compared(self.compare, have, want)


def sentence(text: str, where: str) -> Sentence:
    """Read one sentence; raise HealthError for what is none. where: its option, for the error."""
    found = _SENTENCE.match(_shielded(text))
    if not found or not _is_path(found[1]):
        raise HealthError(
            f'{where}: "{text}" is no rule. Write a path, or a path, an operator '
            f"({' '.join(OPERATORS)}) and a value, such as: status.phase = Ready"
        )
    path = found[1].replace("\0", "=")
    return Sentence(text, path, found[2] or "", (found[3] or "").replace("\0", "="))


def pick(obj: Any, path: str) -> Any:
    """Return the value at a path, None where a part is missing."""
    value = obj
    for key, field, wanted in _STEP.findall(path):
        if key:
            value = value.get(key) if isinstance(value, dict) else None
        else:
            parts = value if isinstance(value, list) else []
            value = next((one for one in parts if str(one.get(field)) == wanted), None)
    return value


def user_rules(given: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Rule]:
    """Return the rules by API group and kind; the group "" of a rule without one is any group."""
    found: dict[tuple[str, str], Rule] = {}
    for index, one in enumerate(given):
        found[str(one.get("group") or ""), str(one["kind"])] = _rule(one, f"rules[{index}]")
    return found


def _rule(one: Mapping[str, Any], where: str) -> Rule:
    good, bad, asleep = (
        [sentence(text, f"{where}.{key}") for text in one.get(key) or []]
        for key in ("ready_when", "failed_when", "suspended_when")
    )
    if not good:
        raise HealthError(f"{where} has no ready_when: say how {one['kind']} is when it is ready.")
    path = str(one.get("says") or "")

    def rule(obj: Object, view: View) -> Verdict:
        told = str(pick(obj, path) or "") if path else ""
        if hit := next((it for it in bad if it.holds(obj)), None):
            return failed("Failed", told or hit.text, (Evidence(str(ref(obj)), hit.text),))
        if hit := next((it for it in asleep if it.holds(obj)), None):
            return suspended(told or hit.text)
        if not_yet := next((it for it in good if not it.holds(obj)), None):
            have = pick(obj, not_yet.path)
            text = f"not yet: {not_yet.text} (it is {'not there' if have is None else have})"
            return progressing("NotReady", f"{told} ({text})" if told else text)
        return ready(told or "ready")

    return rule


def _compared(sign: str, have: Any, want: Any) -> bool:
    if sign in ("=", "==", "!="):
        same = _plain(have) == _plain(want)
        return same if sign != "!=" else not same
    try:
        return bool(OPERATORS[sign](float(have), float(want)))
    except (TypeError, ValueError):
        return False


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)


def _shielded(text: str) -> str:
    """Hide the ``=`` inside brackets from the search for the operator."""
    return re.sub(r"\[[^\]]*\]", lambda found: found[0].replace("=", "\0"), text)


def _is_path(text: str) -> bool:
    return text.replace("\0", "=").startswith(_PATHS)
