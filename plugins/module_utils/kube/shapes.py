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
# Each pattern keeps its group `keep` and stars the rest of the match.
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(?P<keep>[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(?=@)",  # https://user:password@host
        r"(?P<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}",
        rf"(?P<keep>\b{_NAMES}[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&}}\]]+)",
        r"(?P<keep>)\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*",  # JSON Web Token
        r"(?P<keep>)\b(?:gh[pousr]_|github_pat_|glpat-|xox[abps]-|sk_live_|sk-)[\w-]{10,}",
        r"(?P<keep>)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"(?P<keep>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|\Z)",
    )
)


def redact_shapes(text: str) -> str:
    """Return `text` with passwords in URLs, tokens, keys and `password=...` starred."""
    for shape in _SHAPES:
        text = shape.sub(rf"\g<keep>{STARS}", text)
    return text
