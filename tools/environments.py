# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/environments.md: in what the resolved stacks differ between the inventories.

What follows from something else that differs is left out: addresses in environments, routes of
sites, references between parts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".collections")]

from tests.acceptance.systems import SYSTEMS, system  # noqa: E402  # the path comes first

PAGE = ROOT / "docs" / "environments.md"
TIERS = {"dev": "kind, minikube", "staging": "staging", "prod": "production"}
FOLLOWS = ("composed", "config", "ingress", "links", "network", "preset", "routes", "verify")
NOTHING = "-"
INTRODUCTION = """\
# What differs between the environments

Written by `tools/environments.py` from the resolved stacks of `inventories/`; a test keeps it so.
A stack file says what a system is, an inventory how it runs in one place, and most of that comes
from the preset of its cluster. Left out is what follows from a line that is here: addresses in
environment variables, hosts of routes.

Every system: routes by the Gateway API over http (`kind`, `minikube`), by an Ingress of class
`nginx` over https elsewhere; network policies from staging on.
"""
Values = tuple[str, ...]


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every value that is not a mapping, with its path."""
    if not isinstance(value, dict) or not value:
        yield path, NOTHING if value in ("", {}, [], None) else str(value)
        return
    for key, below in value.items():
        yield from leaves(below, (*path, str(key)))


def differences(name: str) -> dict[tuple[str, str, Values], list[str]]:
    """Return section, key and values of what differs → the entities in which it does."""
    documents = [dict(leaves(system(name, tier).document)) for tier in TIERS]
    found: dict[tuple[str, str, Values], list[str]] = {}
    for path in sorted(set().union(*documents)):
        values = tuple(document.get(path, NOTHING) for document in documents)
        if len(set(values)) > 1 and path[0] not in FOLLOWS and "env" not in path:
            entity, key = (path[1], path[2:]) if len(path) > 2 else ("", path[1:])
            found.setdefault((path[0], ".".join(key), values), []).append(entity)
    return found


def page() -> str:
    """Return the whole page."""
    text = INTRODUCTION
    for name in SYSTEMS:
        text += f"\n## {name}\n\n| what | of | {' | '.join(TIERS.values())} |\n"
        text += "|---|---|---|---|---|\n"
        for (section, key, values), entities in differences(name).items():
            what = f"`{section}{'.' if key else ''}{key}`"
            text += f"| {what} | {', '.join(filter(None, entities))} | {' | '.join(values)} |\n"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
