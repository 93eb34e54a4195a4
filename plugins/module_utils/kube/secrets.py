# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills the placeholders of a rendered Secret, in memory, just before the request. Pure.

    ${generate:32}    32 random characters, made once; the live value is kept for ever
    ${given:auth.key} from `secret_values`
    ${key:other}      another key of the same Secret, rendered or live
    ${urlencode:other} the same, fit for a URL
    ${key:secret/other} a key of another Secret in the namespace; urlencode likewise

Whether a value may be generated at all depends on the cluster and is the caller's question:
see `Filled.generated`.
"""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.slipway.stack.plugins.module_utils.errors import nearest
from ansible_collections.slipway.stack.plugins.module_utils.kube.errors import KubeError
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Object

ALPHABET = string.ascii_letters + string.digits  # safe in URLs, shells and connection strings
_PLACEHOLDER = re.compile(r"\$\{(generate|given|key|urlencode):([^${}]+)\}")
_KEYS = ("key", "urlencode")

Choice = Callable[[str], str]  # picks one character, as secrets.choice does


class SecretError(KubeError):
    """A Secret that cannot be filled: missing or circular values."""


class Filled(NamedTuple):
    """A Secret ready to be sent. generated: the keys whose values are new."""

    secret: Object
    generated: frozenset[str]


def fill(
    secret: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    given: Mapping[str, Mapping[str, Any]],
    rng: Choice,
    others: Mapping[str, Mapping[str, Any]] | None = None,
) -> Filled:
    """Return the Secret with `data` only, every placeholder of `stringData` filled.

    live: the Secret as the API server has it, None if it does not exist. given: group → key →
    value. others: the Secrets that this one refers to, by name.
    Raises SecretError, which names all that is missing.
    """
    _check(secret)
    filler = _Filler(secret, live, given, rng, others or {})
    values = {key: filler.value(key) for key in filler.rendered}
    if filler.missing:
        raise SecretError(filler.complaint())
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    encoded = {key: _encode(value) for key, value in values.items()}
    data = {**(secret.get("data") or {}), **encoded}
    return Filled({**rest, "data": data} if data else rest, frozenset(filler.generated))


def references(secret: Mapping[str, Any]) -> set[str]:
    """Names of the other Secrets whose keys this one is composed of."""
    texts = [text for text in (secret.get("stringData") or {}).values() if isinstance(text, str)]
    found = [match for text in texts for match in _PLACEHOLDER.findall(text)]
    return {name.partition("/")[0] for verb, name in found if verb in _KEYS and "/" in name}


class _Filler:
    """The values of one Secret, each computed once."""

    def __init__(
        self,
        secret: Mapping[str, Any],
        live: Mapping[str, Any] | None,
        given: Mapping[str, Mapping[str, Any]],
        rng: Choice,
        others: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.rendered: dict[str, str] = secret.get("stringData") or {}
        self.known = _decoded(live or {}) | _decoded(secret)
        self.live = frozenset((live or {}).get("data") or {})
        self.given = given
        self.rng = rng
        self.others = {name: _decoded(other) for name, other in others.items()}
        self.done: dict[str, str] = {}
        self.under_way: list[str] = []
        self.generated: set[str] = set()
        self.missing: list[str] = []

    def value(self, key: str) -> str:
        """The value of a key; complaints go to `missing`."""
        if key not in self.done:
            if key in self.under_way:
                circle = " → ".join([*self.under_way, key])
                raise SecretError(f"the keys refer to each other: {circle}")
            self.under_way.append(key)
            self.done[key] = self._computed(key)
            self.under_way.pop()
        return self.done[key]

    def _computed(self, key: str) -> str:
        if key not in self.rendered:
            if key not in self.known:
                self.missing.append(f"key {key} (a key refers to it)")
            return self.known.get(key, "")
        text = self.rendered[key]
        if key in self.live and "${generate:" in text:
            return self.known[key]
        return _PLACEHOLDER.sub(lambda match: self._part(key, *match.groups()), text)

    def _part(self, key: str, verb: str, name: str) -> str:
        if verb == "generate":
            if not name.isdigit():
                raise SecretError(f"{key} asks for {name} characters, not a number")
            self.generated.add(key)
            return "".join(self.rng(ALPHABET) for _place in range(int(name)))
        if verb == "given":
            return self._given(name)
        value = self._of_other(name) if "/" in name else self.value(name)
        return quote(value, safe="") if verb == "urlencode" else value

    def _of_other(self, name: str) -> str:
        other, _slash, key = name.partition("/")
        values = self.others.get(other, {})
        if key not in values:
            self.missing.append(f"key {key} of Secret {other}")
        return values.get(key, "")

    def _given(self, name: str) -> str:
        group, _dot, key = name.partition(".")
        values = self.given.get(group) or {}
        if key not in values:
            known = [f"{group}.{key}" for group, keys in self.given.items() for key in keys]
            self.missing.append(f"secret_values.{name}{nearest(name, known)}")
        return str(values.get(key, ""))

    def complaint(self) -> str:
        names = ", ".join(dict.fromkeys(self.missing))
        return f"it needs values that nobody gave: {names}"


def _check(secret: Mapping[str, Any]) -> None:
    """Raise SecretError for values that are no strings or no base64; never quote them."""
    for key, value in (secret.get("stringData") or {}).items():
        if not isinstance(value, str):
            raise SecretError(f"stringData.{key} is not a string. Quote it.")
    for key, value in (secret.get("data") or {}).items():
        try:
            base64.b64decode(value, validate=True)
        except (TypeError, ValueError):
            raise SecretError(
                f"data.{key} is not base64. Put plain text into stringData."
            ) from None


def _decoded(secret: Mapping[str, Any]) -> dict[str, str]:
    data = (secret.get("data") or {}).items()
    return {key: base64.b64decode(value).decode("utf-8", "replace") for key, value in data}


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
