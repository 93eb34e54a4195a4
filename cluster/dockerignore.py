# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files a `.dockerignore` keeps out of a build's context.

An image's tag is the hash of what its build sees, so that editing a README rolls out nothing.
Source of the rules: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

TOKENS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def keeps(path: PurePosixPath, patterns: list[str]) -> bool:
    """Tell whether a file (relative to the context) is part of it: the last match decides."""
    kept = True
    for pattern in patterns:
        if matches(path, pattern.removeprefix("!")):
            kept = pattern.startswith("!")
    return kept


def matches(path: PurePosixPath, pattern: str) -> bool:
    """Tell whether a pattern names the file or one of the folders above it."""
    expression = expression_of(pattern.strip().strip("/").removeprefix("./"))
    above = [str(parent) for parent in path.parents if str(parent) != "."]
    return any(expression.fullmatch(one) for one in (str(path), *above))


def expression_of(pattern: str) -> re.Pattern[str]:
    """Translate a pattern into a regular expression."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern)
    return re.compile(
        "".join(
            TOKENS.get(part) or (part if part.startswith("[") else re.escape(part))
            for part in parts
        )
    )


def parse(text: str) -> list[str]:
    """Return the patterns of a `.dockerignore`, without comments and blank lines."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
