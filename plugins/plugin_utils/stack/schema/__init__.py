# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of stack files and environments: `stack.json` is the one place that knows the fields.

JSON Schema draft 2020-12. Each layer is validated alone, so nothing but the file's own head is
`required`; three annotations say what holds for the merged whole:

    x-required  keys that an entity must have in the end
    x-union     keys that belong to one variant of an entity (of a driver, a probe, a scale mode);
                `by` names the key that chooses, without it the keys themselves choose; a list of
                unions where more than one key chooses
    x-expect    what a pattern wants, in words
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
FREE = "x-"  # keys that begin so are anybody's


@lru_cache
def schema(layer: str) -> Schema:
    """Return the schema of a layer with its references put in (``stack``, ``environment``, …).

    Validation then follows no reference, which would take a third of its time.
    """
    inlined: Schema = _inline(_definitions()[layer])
    return inlined


@lru_cache
def _definitions() -> Schema:
    found: Schema = json.loads((Path(__file__).parent / "stack.json").read_text("utf-8"))["$defs"]
    return found


def _inline(part: Any) -> Any:
    if isinstance(part, list):
        return [_inline(item) for item in part]
    if not isinstance(part, dict):
        return part
    own = {key: _inline(value) for key, value in part.items() if key != "$ref"}
    if "$ref" not in part:
        return own
    return {**_inlined(part["$ref"].removeprefix("#/$defs/")), **own}


@lru_cache
def _inlined(name: str) -> Any:
    """Return a definition that others refer to; made once, whoever shares it."""
    return _inline(_definitions()[name])
