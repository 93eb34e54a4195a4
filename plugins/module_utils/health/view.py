# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule may look at besides the object itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.health.model import Applied, Verdict
from ansible_collections.slipway.stack.plugins.module_utils.health.related import Related
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object


class View(NamedTuple):
    """What surrounds the object.

    now:     UTC, seconds since the epoch.
    applied: what our apply left, if it was ours.
    reports: whether the kind has a status subresource at all; None: not known.
    rules:   what a person says of kinds, by API group ("" for any) and kind.
    began:   when the wait began, seconds since the epoch; 0 where nobody waits.
    """

    related: Related
    now: float = 0.0
    applied: Applied | None = None
    reports: bool | None = None
    rules: Mapping[tuple[str, str], Rule] = MappingProxyType({})
    began: float = 0.0

    def rule_of(self, group: str, kind: str) -> Rule | None:
        """Return what a person says of this kind, None if nothing."""
        return self.rules.get((group, kind)) or self.rules.get(("", kind))

    @property
    def applied_at(self) -> float:
        """When our apply ended; 0 where that is not known: then every date counts."""
        return (self.applied.at if self.applied else None) or 0.0


Rule = Callable[[Object, View], Verdict]
