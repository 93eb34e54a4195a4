# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the merged stack must have, and what does not go together; the schema's annotations say."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.schema.shape import (
    Shape,
    Union,
    shape,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Mark,
    Node,
    Path,
    fields,
)

SECTIONS = (
    "images",
    "secrets",
    "datastores",
    "external",
    "accounts",
    "migrations",
    "workloads",
    "routes",
    "sites",
    "verify",
)


def completeness(tree: Node) -> Iterator[Finding]:
    """Yield what is missing or foreign in the merged entities and in how they are exposed."""
    sections = fields(tree)
    for section in SECTIONS:
        for name, entity in fields(sections.get(section)).items():
            form = shape().child(section).child(name)
            yield from _entity(entity, form, (section, name))
    yield from _missing(sections, shape(), shape().required, (), None)
    if fields(sections.get("routes")):
        yield from _ingress(sections.get("ingress"))


def _ingress(node: Node | None) -> Iterator[Finding]:
    form = shape().child("ingress")
    if node is None:
        yield from _missing({}, form, form.required, ("ingress",), None)
    else:
        yield from _entity(node, form, ("ingress",))


def _entity(node: Node, form: Shape, path: Path) -> Iterator[Finding]:
    entries = fields(node)
    required = form.required
    for union in form.unions:
        variant = _variant(entries, union)
        required = (*required, *union.required.get(variant, ()))
        yield from _foreign(entries, union, variant, path)
    yield from _missing(entries, form, required, path, node.mark)
    for key, child in entries.items():
        if isinstance(child.value, dict):
            yield from _entity(child, form.child(key), (*path, key))


def _missing(
    entries: dict[str, Node], form: Shape, required: tuple[str, ...], path: Path, mark: Mark | None
) -> Iterator[Finding]:
    for key in required:
        if key not in entries:
            description = form.child(key).description
            start = "Add it" if mark else "The environment must say it"
            fix = f"{start}: {description[:1].lower()}{description[1:]}"
            yield Finding("missing", (*path, key), "missing", mark, fix)


def _foreign(entries: dict[str, Node], union: Union, variant: str, path: Path) -> Iterator[Finding]:
    for key, child in entries.items():
        owners = union.owners(key)
        if variant and owners and variant not in owners:
            belongs = _chosen(union, " or ".join(owners))
            message = f"belongs to {belongs}, but this is {_chosen(union, variant)}"
            yield Finding(
                "foreign-key", (*path, key), message, child.mark, "Remove one of the two."
            )


def _variant(entries: dict[str, Node], union: Union) -> str:
    by = entries.get(union.by)
    return union.variant(by.value if by else None, entries)


def _chosen(union: Union, variant: str) -> str:
    return f"{union.by} {variant}" if union.by else variant
