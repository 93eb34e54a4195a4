# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secret values out of everything that a person or a log can see. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

STARS = "********"
SHORTEST = 4  # characters; shorter values are words of the language, not secrets
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"  # holds a copy of `data`

# One key per run: equal values can be compared within it, and nobody can guess by trying later.
_KEY = secrets.token_bytes(32)


def redact(text: str, values: Iterable[str]) -> str:
    """Return `text` with every one of `values` starred, plain, URL-encoded and as base64.

    Values of fewer than four characters are left: starring them would garble the text.
    """
    return redactor(values)(text)


def redactor(values: Iterable[str]) -> Callable[[str], str]:
    """Return `redact` for many texts and the same values, whose forms are made once."""
    found = {form for value in values if len(value) >= SHORTEST for form in _forms(value)}
    forms = sorted(found, key=len, reverse=True)

    def redacted(text: str) -> str:
        for form in forms:
            text = text.replace(form, STARS)
        return text

    return redacted


def mask(obj: Mapping[str, Any]) -> Object:
    """Return the object as it may be shown: a Secret keeps its keys, values become short hashes.

    Equal values have equal hashes within one run; the hash of another run is another one.
    """
    shown = dict(obj)
    notes = (shown.get("metadata") or {}).get("annotations") or {}
    if LAST_APPLIED in notes:
        rest = {key: value for key, value in notes.items() if key != LAST_APPLIED}
        shown["metadata"] = {**shown["metadata"], "annotations": rest}
    if shown.get("kind") != "Secret":
        return shown
    data = {key: _decoded(value) for key, value in (shown.pop("data", None) or {}).items()}
    text = shown.pop("stringData", None) or {}
    data |= {key: str(value).encode() for key, value in text.items()}
    shown["data"] = {key: f"hidden, hash {_short_hash(value)}" for key, value in data.items()}
    return shown


def secret_values(obj: Mapping[str, Any]) -> list[str]:
    """The plain values of a Secret that are text, for `redact`; [] for other kinds."""
    if obj.get("kind") != "Secret":
        return []
    data = [_decoded(value) for value in (obj.get("data") or {}).values()]
    text = [str(value) for value in (obj.get("stringData") or {}).values()]
    return [value.decode("utf-8", "ignore") for value in data] + text


def _forms(value: str) -> set[str]:
    return {value, quote(value, safe=""), base64.b64encode(value.encode()).decode()}


def _decoded(value: Any) -> bytes:
    text = str(value).encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text


def _short_hash(value: bytes) -> str:
    return hmac.new(_KEY, value, hashlib.sha256).hexdigest()[:8]
