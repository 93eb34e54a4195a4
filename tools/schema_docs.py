#!/usr/bin/env python3
# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what is published of the one schema: JSON Schemas for editors, and the reference.

A test keeps the files equal to what this writes: docs/schema/*.json and docs/stack-reference.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "plugins/plugin_utils/stack/schema/stack.json"
DOCS = ROOT / "docs"
TITLES = {
    "stack": "A stack file of slipway.stack",
    "environment": "An environment of slipway.stack (stack_env, stack_cluster)",
    "release": "A release file of slipway.stack",
}
HEAD = """\
# The stack file and its environment, key by key

Written by `tools/schema_docs.py` from the schema that validates. `*` is a name of your choosing.
For completion and checks while you type, name the schema in the first line of a stack file:

```yaml
# yaml-language-server: $schema=https://slipway.dev/schema/stack-v1.json
```

The published schemas are those of [stack files](schema/stack-v1.json),
[environments](schema/environment-v1.json) and [release files](schema/release-v1.json).
"""


def documents() -> dict[Path, str]:
    """Return every published file with its text."""
    source = json.loads(SOURCE.read_text("utf-8"))
    files = {
        DOCS / "schema" / f"{layer}-v1.json": _published(source, layer, title)
        for layer, title in TITLES.items()
    }
    return {**files, DOCS / "stack-reference.md": _reference(source["$defs"])}


def _published(source: dict[str, Any], layer: str, title: str) -> str:
    used = {key: source["$defs"][key] for key in sorted(_used(source["$defs"], layer))}
    whole = {
        "$schema": source["$schema"],
        "$id": f"https://slipway.dev/schema/{layer}-v1.json",
        "title": title,
        "$ref": f"#/$defs/{layer}",
        "$defs": used,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _used(definitions: dict[str, Any], name: str) -> set[str]:
    found, left = set[str](), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += _references(definitions[one])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix("#/$defs/")
        for child in part.values():
            yield from _references(child)
    elif isinstance(part, list):
        for child in part:
            yield from _references(child)


def _reference(definitions: dict[str, Any]) -> str:
    text, seen = HEAD, dict[str, str]()
    for layer, title in TITLES.items():
        text += f"\n## {title}\n\n| key | value | meaning |\n|---|---|---|\n"
        text += "".join(_rows(definitions[layer], definitions, "", seen))
    return text


def _rows(
    part: dict[str, Any], definitions: dict[str, Any], path: str, seen: dict[str, str]
) -> Iterator[str]:
    """Yield a row for each key below a part; what has been told once is only pointed to."""
    for key, child in _entries(_whole(part, definitions)):
        whole, here = _whole(child, definitions), f"{path}.{key}".removeprefix(".")
        told = seen.setdefault(json.dumps(whole, sort_keys=True), here) if _deep(whole) else here
        words = [whole.get("description", ""), f"See `{told}`." if told != here else ""]
        meaning = " ".join(filter(None, words)).replace("|", "\\|").replace("\n", " ")
        if meaning or key != "*":
            yield f"| `{here}` | {_kind(whole)} | {meaning} |\n"
        if told == here:
            yield from _rows(whole, definitions, here, seen)


def _deep(part: dict[str, Any]) -> bool:
    return any(_entries(child) for _key, child in _entries(part)) or len(_entries(part)) > 3


def _entries(part: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    values = part.get("additionalProperties")
    named = [("*", values)] if isinstance(values, dict) else []
    return [*part.get("properties", {}).items(), *named]


def _whole(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a part with what it refers to; its own words win."""
    if "$ref" not in part:
        return part
    target = definitions[part["$ref"].removeprefix("#/$defs/")]
    return {**_whole(target, definitions), **{key: part[key] for key in part if key != "$ref"}}


def _kind(part: dict[str, Any]) -> str:
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{json.dumps(value).strip(chr(34))}`" for value in part["enum"])
    kinds = part.get("type", "")
    words = kinds if isinstance(kinds, list) else [kinds]
    return part.get("x-expect") or " or ".join(word for word in words if word != "null")


def main() -> None:
    """Write the files."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
