# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the page: the picture as inline SVG, every value with its origin, the findings.

The page loads nothing from anywhere, and reads well without JavaScript, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import jinja2
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.assemble import base
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.catalog import Catalog
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.layout import Place
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.scene import (
    SECTIONS,
    Scene,
    scene,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import Resolved
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    dotted,
    fields,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.values import Row, rows

# What the merged tree still holds of the layers, but no entity is: their values have gone into it.
_SPENT = ("defaults", "sizes", "profiles")


@dataclass(frozen=True, slots=True)
class Card:
    """All values of one entity, or of a whole section without boxes."""

    name: str
    kind: str
    rows: list[Row]


def page(resolved: Resolved, *, host: str = "") -> str:
    """Return the HTML of a stack; it may have errors. host: whose inventory it runs with."""
    # What could not be merged has no parts to show; its findings say why.
    tree = resolved.tree if resolved.edges is not None else Node({}, resolved.tree.mark)
    stack = base(tree)
    drawn = scene(stack.spec, resolved.edges or (), resolved.findings)
    levels = Counter(str(finding.level) for finding in resolved.findings)
    return _template().render(
        head=stack.head,
        host=host,
        scene=drawn,
        curves=[_curve(stroke.places) for stroke in drawn.strokes],
        findings=[finding.as_dict() for finding in resolved.findings],
        errors=levels["error"],
        warnings=levels["warning"],
        cards=list(_cards(tree, drawn, stack.things())),
        style=_beside("stack.css"),
        script=_beside("stack.js"),
    )


@lru_cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["dotted"] = dotted
    return environment.from_string(_beside("stack.html.j2"))


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _curve(places: Sequence[Place]) -> str:
    """Return the path of a line, in SVG's words."""
    first, last = places[0], places[-1]
    if first.x == last.x:
        return _bow(first, last)
    way = f"M{first.x + first.width:.1f} {first.middle:.1f}"
    for one, other in pairwise(places):
        start, end = one.x + one.width, other.x
        half = (start + end) / 2
        way += f" C{half:.1f} {one.middle:.1f} {half:.1f} {other.middle:.1f}"
        way += f" {end:.1f} {other.middle:.1f}"
        way += f" H{end + other.width:.1f}" if other is not last else ""
    return way


def _bow(first: Place, last: Place) -> str:
    """Return the line between two boxes of one column, around its right side."""
    start, end = first.x + first.width, last.x + last.width
    out = max(start, end) + 36
    return f"M{start:.1f} {first.middle:.1f} C{out:.1f} {first.middle:.1f} {out:.1f} " + (
        f"{last.middle:.1f} {end:.1f} {last.middle:.1f}"
    )


def _cards(tree: Node, drawn: Scene, things: Catalog) -> Iterator[Card]:
    sections = fields(tree)
    for part in drawn.parts:
        section, name = part.entity
        entity = fields(sections[section])[name]
        yield Card(part.name, SECTIONS[section], list(rows(entity, (), things)))
    scalars: list[Row] = []
    for section, node in sections.items():
        if section in (*SECTIONS, *_SPENT):
            continue
        if fields(node):
            yield Card(section, "", list(rows(node, (), things)))
        else:
            scalars += rows(node, (section,), things)
    yield Card("stack", "", scalars)
