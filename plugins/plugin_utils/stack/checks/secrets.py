# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys that nobody reads; undeclared ones are found while references are followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    fields,
    items,
)

_REFERENCE = re.compile(r"\$\{secrets\.([a-z0-9_]+)\.([a-z0-9_]+)\}")


def unused(subject: Subject) -> Faults:
    """Yield keys that somebody must provide though nothing refers to them.

    While a reference to a key is misspelt this stays silent: it would only be the echo.
    """
    declared = {
        (name, str(key.value)): key
        for name, group in subject.section("secrets").items()
        for key in items(fields(group).get("keys"))
    }
    used, whole = _used(subject), _mounted(subject)
    if used - declared.keys():
        return
    for (name, key), node in declared.items():
        if name not in whole and (name, key) not in used:
            message = f"nothing refers to ${{secrets.{name}.{key}}}"
            fix = "Remove it, or refer to it where it belongs."
            yield Fault(("secrets", name, "keys", key), message, node.mark, fix)


def _used(subject: Subject) -> set[tuple[str, ...]]:
    return {
        match.groups()
        for section, node in fields(subject.tree).items()
        if section != "secrets"
        for text in _texts(node)
        for match in _REFERENCE.finditer(text)
    }


def _mounted(subject: Subject) -> set[str]:
    """Groups that are used as a whole: by a volume, an external datastore or to pull images."""
    named = {
        *subject.head["pull_secrets"],
        *(
            one["secret"]
            for one in subject.head["datastores"].values()
            if one["driver"] == "external"
        ),
        *(one["tls"].get("secret") for one in subject.head["sites"].values()),
    }
    by_name = {name for name, group in subject.head["secrets"].items() if group["secret"] in named}
    return by_name | {
        str(fields(volume)["secret"].value)
        for _owner, _path, container in subject.containers()
        for volume in fields(fields(container).get("volumes")).values()
        if "secret" in fields(volume)
    }


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from _texts(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from _texts(child)
    elif isinstance(node.value, str) and "$" in node.value:
        yield node.value
