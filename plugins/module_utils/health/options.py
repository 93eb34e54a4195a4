# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a wait besides what is waited for, checked."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.health import partial
from ansible_collections.slipway.stack.plugins.module_utils.health.errors import HealthError
from ansible_collections.slipway.stack.plugins.module_utils.health.rules import user_rules
from ansible_collections.slipway.stack.plugins.module_utils.health.targets import Target
from ansible_collections.slipway.stack.plugins.module_utils.health.view import Rule
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref

LOG_LINES = 25
EVENTS = 8


class Options(NamedTuple):
    """What may differ from one wait to the next.

    deadlines: seconds by kind; share: of a workload's pods that must be ready, 1.0 for all.
    rules:     by API group and kind; log_lines, events: how much is told of each failure.
    """

    deadlines: Mapping[str, float] = MappingProxyType({})
    share: float = 1.0
    rules: Mapping[tuple[str, str], Rule] = MappingProxyType({})
    log_lines: int = LOG_LINES
    events: int = EVENTS


def read_options(params: Mapping[str, Any]) -> Options:
    """Return the options; raise HealthError for what cannot be meant."""
    told = params.get("on_failure") or {}
    return Options(
        deadlines=_deadlines(params),
        share=partial.share(str(params.get("partial") or "100%")),
        rules=user_rules(params.get("rules") or []),
        log_lines=_at_least_0("on_failure.log_lines", told.get("log_lines"), LOG_LINES),
        events=_at_least_0("on_failure.events", told.get("events"), EVENTS),
    )


def without_ignored(
    targets: Iterable[Target], patterns: Iterable[str]
) -> tuple[list[Target], list[Ref]]:
    """Split the targets into those that are waited for and those that a pattern names.

    A pattern is ``Kind/name``; ``*`` stands for any text. One that names nothing is an error:
    it was meant to name something.
    """
    kept = list(targets)
    left: list[Ref] = []
    for pattern in patterns:
        kind, slash, name = pattern.partition("/")
        if not slash or not kind or not name:
            raise HealthError(
                f'ignore: "{pattern}" is not of the form Kind/name, such as Job/seed.'
            )
        hit = [one for one in kept if _matches(one.ref, kind, name)]
        if not hit and not any(_matches(one, kind, name) for one in left):
            known = [f"{one.ref.kind}/{one.ref.name}" for one in kept]
            raise HealthError(f'ignore: no resource is "{pattern}".{nearest(pattern, known)}')
        kept = [one for one in kept if one not in hit]
        left += [one.ref for one in hit]
    return kept, left


def _matches(one: Ref, kind: str, name: str) -> bool:
    return fnmatch.fnmatchcase(one.kind, kind) and fnmatch.fnmatchcase(one.name, name)


def _deadlines(params: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for kind, seconds in (params.get("deadlines") or {}).items():
        try:
            found[str(kind)] = float(seconds)
        except (TypeError, ValueError):
            raise HealthError(
                f"deadlines.{kind}: {seconds!r} is no number of seconds, such as 120."
            ) from None
    return found


def _at_least_0(where: str, value: Any, default: int) -> int:
    number = default if value is None else int(value)
    if number < 0:
        raise HealthError(f"{where}: {number} is less than 0, which means none.")
    return number
