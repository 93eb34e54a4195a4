# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What merging needs to know of the schema: which keys belong together, which must be there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema import Schema, schema

Keys = dict[str, tuple[str, ...]]


class Union(NamedTuple):
    """Keys of which only one variant's may stand.

    by:       the key whose value is the variant; empty: the keys themselves tell.
    variants: variant → the keys that only it has.
    required: variant → those that it must have.
    """

    by: str
    variants: Keys
    required: Keys

    def owners(self, key: str) -> list[str]:
        """Return the variants that a key belongs to; none if it goes with all of them."""
        return [name for name, keys in self.variants.items() if key in keys]

    def variant(self, chosen: object, keys: Iterable[str]) -> str:
        """Return the variant of a map, or an empty string if it does not say."""
        if isinstance(chosen, str):
            return chosen
        return next((owner for key in keys for owner in self.owners(key)), "")


class Shape(NamedTuple):
    """One level of the schema. `entries` is the shape of the values of a map keyed by name."""

    properties: dict[str, Shape]
    entries: Shape | None = None
    required: tuple[str, ...] = ()
    unions: tuple[Union, ...] = ()
    description: str = ""

    def child(self, key: str) -> Shape:
        """Return the shape of an entry; an empty one for what the schema does not describe."""
        return self.properties.get(key) or self.entries or NOTHING


NOTHING = Shape({})


@lru_cache
def shape() -> Shape:
    """Return the shape of a merged document: an environment has every section."""
    return _shape(schema("environment"))


def _shape(part: Schema) -> Shape:
    entries = part.get("additionalProperties")
    return Shape(
        properties={key: _shape(child) for key, child in part.get("properties", {}).items()},
        entries=_shape(entries) if isinstance(entries, dict) else None,
        required=tuple(part.get("x-required", ())),
        unions=tuple(map(_union, _listed(part.get("x-union", ())))),
        description=part.get("description", ""),
    )


def _listed(part: Any) -> Iterable[Schema]:
    return [part] if isinstance(part, dict) else part


def _union(part: Schema) -> Union:
    return Union(part.get("by", ""), _keys(part["variants"]), _keys(part.get("required", {})))


def _keys(part: dict[str, list[str]]) -> Keys:
    return {variant: tuple(keys) for variant, keys in part.items()}
