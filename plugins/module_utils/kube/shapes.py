# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks what looks like a credential, for text of which no secret value is known: logs, events.

mask.redact takes known values out; this is the net below it. Too much masked costs a word of a
log, too little costs a password.
"""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.module_utils.kube.mask import STARS

_NAMES = (
    r"[\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|credential)[\w.-]*"
)
# Pattern: what one of these must stand in, in small letters. Each pattern keeps its group `keep`
# and stars the rest of the match; it begins where a word does, so that a long one is read once.
_SHAPES = {
    r"(?P<keep>://[^\s:/@]*:)[^\s@/]+(?=@)": ("://",),  # https://user:password@host
    r"(?P<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}": ("bearer", "basic"),
    rf"(?P<keep>(?<![\w.-]){_NAMES}[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&}}\]]+)": (
        *("passw", "passphrase", "pwd", "secret", "token", "credential"),
        *("apikey", "api_key", "api-key", "accesskey", "access_key", "access-key"),
        *("privatekey", "private_key", "private-key"),
    ),
    r"(?P<keep>)\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*": ("eyj",),  # JSON Web Token
    r"(?P<keep>)\b(?:gh[pousr]_|github_pat_|glpat-|xox[abps]-|sk_live_|sk-)[\w-]{10,}": (
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
        *("xox", "sk_live_", "sk-"),
    ),
    r"(?P<keep>)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b": ("akia", "asia"),
    r"(?P<keep>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|\Z)": ("-----begin",),
}
_CLUES = tuple(
    (clue, pattern)
    for shape, clues in _SHAPES.items()
    for pattern in (re.compile(shape, re.IGNORECASE | re.DOTALL),)
    for clue in clues
)


def redact_shapes(text: str) -> str:
    """Return `text` with passwords in URLs, tokens, keys and `password=...` starred.

    Most lines of a log have no clue; the patterns take twenty times as long to find that out.
    """
    small = text.lower() if text.isascii() else _small(text)
    hits = [pattern for clue, pattern in _CLUES if clue in small]
    for pattern in dict.fromkeys(hits):
        text = pattern.sub(rf"\g<keep>{STARS}", text)
    return text


def _small(text: str) -> str:
    """Return small letters, as re.IGNORECASE compares them with those of the clues."""
    return text.replace("\u0130", "i").replace("\u0131", "i").casefold()
