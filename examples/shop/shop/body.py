# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON bodies: read with a limit and checked field by field; answers 400 with what is wrong.

Messages name the field and the rule, never the value, which may be a password.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

LIMIT_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Text:
    """Printable text of `least` to `most` characters."""

    least: int
    most: int

    def accepts(self, value: Any) -> bool:
        """Also refuses NUL and lone surrogates, which PostgreSQL cannot store."""
        return (
            isinstance(value, str) and self.least <= len(value) <= self.most and value.isprintable()
        )

    def __str__(self) -> str:
        """The rule as it is told to the caller."""
        return f"printable text of {self.least} to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def accepts(self, value: Any) -> bool:
        """Refuses booleans, which Python counts as numbers."""
        return type(value) is int and self.least <= value <= self.most

    def __str__(self) -> str:
        """The rule as it is told to the caller."""
        return f"a whole number from {self.least} to {self.most}"


Rule = Text | Whole


async def read_bytes(request: Request) -> bytes:
    """The body; 413 as soon as it exceeds LIMIT_BYTES."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise HTTPException(413, f"the body exceeds {LIMIT_BYTES} bytes")
    return body


async def read_json(request: Request, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The body's fields, all present and valid by `rules`; otherwise 400."""
    try:
        value = json.loads(await read_bytes(request))
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not valid JSON") from None
    found = problems(value, rules)
    if found:
        raise HTTPException(400, "; ".join(found))
    return dict(value)


def problems(value: Any, rules: Mapping[str, Rule]) -> list[str]:
    """What is wrong with a decoded body, one sentence per field."""
    if not isinstance(value, dict):
        return [f"the body must be an object with {', '.join(rules)}"]
    found = [
        f"{name} must be {rule}" if name in value else f"{name} is missing: {rule}"
        for name, rule in rules.items()
        if not rule.accepts(value.get(name))
    ]
    for name in sorted(value.keys() - rules.keys()):
        near = difflib.get_close_matches(name, rules, n=1) or list(rules)
        found.append(f"{name[:40]!r} is unknown; known: {', '.join(near)}")
    return found
