# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pods a change replaces, and what of it does. Pure.

A controller makes new pods when their template differs, and for nothing else.
Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object
from ansible_collections.slipway.stack.plugins.module_utils.kube.seal import NOTE

RESTARTING = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
LONGEST = 60  # of a value that is told
_SECRETS = "a Secret that it uses has other values"


def because(live: Object | None, after: Object | None) -> list[str]:
    """Return what restarts the pods of an object, one sentence each; [] if nothing does."""
    if not live or not after or after.get("kind") not in RESTARTING:
        return []
    before, wanted = (one.get("spec", {}).get("template") for one in (live, after))
    return [_told(path, old, new) for path, old, new in _differences(before, wanted, ())]


def _told(path: tuple[str, ...], old: Any, new: Any) -> str:
    if path[-1:] == (NOTE,):
        return _SECRETS
    return f"{'.'.join(path)}: {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield path, before and after of the smallest parts that differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _differences(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif old != new:
        yield path, old, new


def _of_lists(
    old: list[Any], new: list[Any], path: tuple[str, ...]
) -> Iterator[tuple[Any, Any, Any]]:
    """Containers, variables and volumes are known by name, everything else by its place."""
    if all(isinstance(one, dict) and "name" in one for one in (*old, *new)):
        before, after = ({one["name"]: one for one in side} for side in (old, new))
        yield from _differences(before, after, path)
    else:
        for index, (one, other) in enumerate(zip_longest(old, new)):
            yield from _differences(one, other, (*path, str(index)))
