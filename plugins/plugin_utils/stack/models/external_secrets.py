# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that the External Secrets operator fetches, and those that it composes of them.

A string that mixes text with fetched values is built by the operator's template and not by us, so
that it follows when a value is rotated in the store.
Source: https://external-secrets.io/latest/guides/templating/
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import base

_PLACEHOLDER = re.compile(r"\$\{(key|urlencode):([^/}]+)/([^}]+)\}")
# Go's function is for queries, where a space is a plus; a plus itself is %2B by then.
_ENCODE = ' | urlquery | replace "+" "%20"'
Model = dict[str, Any]


def group(document: Model, group: Model) -> Model:
    """Return the ExternalSecret of one group."""
    data = [_entry(group["map"][key], group["remote"][key]) for key in group["keys"]]
    return _model(document, group["secret"], group, data, {}, group["type"])


def composed(document: Model, name: str, values: dict[str, str]) -> Model | None:
    """Return the ExternalSecret that composes `values`; None where not all of it is fetched.

    values: key → recipe (see document/).
    """
    fetched = _fetched(document)
    used = [(match[2], match[3]) for text in values.values() for match in _matches(text)]
    stores = {str(fetched[one][0]["store"]) for one in used if one in fetched}
    if len(stores) != 1 or not all(one in fetched for one in used):
        return None
    names = {one: f"value_{number}" for number, one in enumerate(dict.fromkeys(used))}
    data = [_entry(names[one], fetched[one][1]) for one in names]
    texts = {key: _template(text, names) for key, text in values.items()}
    return _model(document, name, fetched[used[0]][0], data, texts, "")


def _matches(text: str) -> list[re.Match[str]]:
    return list(_PLACEHOLDER.finditer(text))


def _fetched(document: Model) -> dict[tuple[str, str], tuple[Model, str]]:
    """Secret and key → group and place in the store."""
    return {
        (group["secret"], group["map"][key]): (group, group["remote"][key])
        for group in document["secrets"].values()
        if group["driver"] == "external-secrets"
        for key in group["keys"]
    }


def _entry(key: str, place: str) -> Model:
    path, _hash, part = place.partition("#")
    remote = {"key": path, **({"property": part} if part else {})}
    return {"secretKey": key, "remoteRef": remote}


def _template(text: str, names: dict[tuple[str, str], str]) -> str:
    written, start = "", 0
    for match in _matches(text):
        filters = _ENCODE if match[1] == "urlencode" else ""
        written += _plain(text[start : match.start()])
        written += f"{{{{ .{names[match[2], match[3]]}{filters} }}}}"
        start = match.end()
    return written + _plain(text[start:])


def _plain(text: str) -> str:
    return text.replace("{{", '{{ "{{" }}')


def _model(
    document: Model, name: str, of: Model, data: list[Model], texts: dict[str, str], kind: str
) -> Model:
    template = {
        **({"type": kind} if kind else {}),
        **({"engineVersion": "v2", "data": texts} if texts else {}),
    }
    target = {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"}
    return {
        **base(document, "externalsecret", name, "secret"),
        "spec": {
            "refreshInterval": f"{of['refresh']}s",
            "secretStoreRef": {key: of["store"][key] for key in ("kind", "name")},
            "target": {**target, **({"template": template} if template else {})},
            "data": data,
        },
    }
