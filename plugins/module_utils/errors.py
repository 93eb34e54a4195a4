# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of the error tree: what main() and CoreAction turn into a failed task.

    SlipwayError
    ├── KubeError        kube/errors.py: no connection, refused request, unknown kind, apply
    ├── HealthError      health/
    ├── MigrationError   migrations/
    ├── ProbeError       probe/
    ├── ReleaseError     releases/
    └── StackError       plugin_utils/stack/

An error means that the question could not be answered. "Not ready" is an answer: a result with
``failed: True``, not an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SlipwayError(Exception):
    """A sentence for the person on call: what, where, what to do."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean "x"?`` for the known word closest to `word`, or an empty string."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f' Did you mean "{by_lower[close[0]]}"?' if close else ""
