# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: contracts of keys whose values ``apply`` makes, takes or keeps, or an operator fetches.

A value is a placeholder here. ``${generate:N}`` is made once and never again,
``${given:group.key}`` comes from the inventory, ``${key:k}`` and ``${urlencode:k}`` are other keys
of the same Secret.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import (
    external_secrets,
    meeting,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import (
    base,
    composed_secret,
)

PASSWORD_LENGTH = 32


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Secrets of the groups and of the strings that mix a secret with text."""
    groups = [
        _group(document, name, group)
        for name, group in document["secrets"].items()
        if group["driver"] != "existing"
    ]
    elsewhere = {
        composed_secret(name): meeting.seen_from(document, one)
        for name, one in document["migrations"].items()
    }
    composed = [
        _composed(elsewhere.get(name, document), name, values)
        for name, values in document.get("composed", {}).items()
    ]
    return groups + composed


def _composed(document: dict[str, Any], name: str, values: dict[str, str]) -> dict[str, Any]:
    known = meeting.own(document, name)
    return external_secrets.composed(document, known, values) or secret(document, known, values)


def secret(
    document: dict[str, Any], name: str, values: dict[str, str], claim: str = ""
) -> dict[str, Any]:
    """Return the model of one Secret.

    claim: the PVC whose data is locked by these values; while it exists they are never made anew.
    """
    model = base(document, "secret", name, "secret")
    return {**model, "values": values, "claim": claim, "type": ""}


def _group(document: dict[str, Any], name: str, group: dict[str, Any]) -> dict[str, Any]:
    if group["driver"] == "external-secrets":
        return external_secrets.group(document, group)
    values = {group["map"][key]: _value(name, group, key) for key in group["keys"]}
    return {**secret(document, group["secret"], values), "type": group["type"]}


def _value(name: str, group: dict[str, Any], key: str) -> str:
    if group["driver"] == "given":
        return f"${{given:{name}.{key}}}"
    return f"${{generate:{group['length']}}}"
