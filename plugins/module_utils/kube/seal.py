# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts pods whose secrets change: an annotation of their template seals the values. Pure.

A process reads its environment once. So the template says which keys of which Secrets it uses,

    slipway.dev/secrets: ${hmac:shop-restart-key/key:auth/jwt_secret,users-db/url}

and `apply` puts an HMAC over their values in the placeholder's place, just before the request. Its
key is a Secret of the cluster: who sees the annotation can neither guess values nor compare them
with those of another cluster. Keys that the workload does not use restart nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

NOTE = "slipway.dev/secrets"
_PLACEHOLDER = re.compile(r"\$\{hmac:([^/${}]+)/([^:${}]+):([^${}]+)\}")
_WAY = ("spec", "template", "metadata", "annotations")
_DIGITS = 32

Data = Mapping[str, str]  # key → base64, as a Secret has it
_Key = tuple[str, str]  # Secret, key


class Seal(NamedTuple):
    """What is sealed, and with which key."""

    key: _Key
    used: tuple[_Key, ...]

    @property
    def secrets(self) -> set[str]:
        """Names of all Secrets that it takes."""
        return {self.key[0], *(secret for secret, _key in self.used)}

    def over(self, secrets: Mapping[str, Data]) -> str:
        """Return the HMAC. A Secret or key that is not there counts as such: it may come later."""
        values = [(*one, secrets.get(one[0], {}).get(one[1])) for one in sorted(self.used)]
        key = secrets.get(self.key[0], {}).get(self.key[1], "")
        text = json.dumps(values, separators=(",", ":"))
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def seal(obj: Mapping[str, Any]) -> Seal | None:
    """Return what the pod template of an object asks to be sealed, None if nothing."""
    part: Any = obj
    for step in (*_WAY, NOTE):
        part = part.get(step) if isinstance(part, Mapping) else None
    match = _PLACEHOLDER.fullmatch(part) if isinstance(part, str) else None
    if not match:
        return None
    used = tuple(_key(one) for one in match[3].split(","))
    return Seal((match[1], match[2]), used)


def sealed(obj: Object, digest: str) -> Object:
    """Return the object with the digest in the placeholder's place."""
    return _with(obj, (*_WAY, NOTE), digest)


def _key(text: str) -> _Key:
    secret, _slash, key = text.partition("/")
    return secret, key


def _with(obj: Mapping[str, Any], way: tuple[str, ...], value: str) -> Object:
    head, rest = way[0], way[1:]
    return {**obj, head: _with(obj[head], rest, value) if rest else value}
