# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge objects from standard input, so that health's rules can be held against other tools'.

    echo '{"id": "a", "manifest": {...}, "related": [...]}' | python tests/conformance/assess.py

prints ``{"id": "a", "status": "ready", "reason": "...", "message": "..."}``, a line for each line.
Now is the wall clock, a state without a date has lasted long, and what is absent from `related`
proves nothing. Needs no installed package: the rules are standard library only.
"""

from __future__ import annotations

import json
import sys
import time
import types
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def use_checkout() -> None:
    """Make this checkout importable as the collection, whatever is installed."""
    name = ""
    for part in ("ansible_collections", "slipway", "stack"):
        name = f"{name}.{part}".lstrip(".")
        package = types.ModuleType(name)
        package.__path__ = [str(ROOT)] if part == "stack" else []
        sys.modules[name] = package


def answers(lines: Iterable[str]) -> Iterator[str]:
    """Yield one line of JSON for each line of JSON."""
    from ansible_collections.slipway.stack.plugins.module_utils.health.assess import assess

    for line in lines:
        if not line.strip():
            continue
        case = json.loads(line)
        try:
            verdict = assess(case["manifest"], case.get("related") or [], now=time.time())
            answer = (verdict.status.value, verdict.reason, verdict.message)
        except Exception as error:  # an answer for every question; the message shows the fault
            answer = ("unknown", "AssessFailed", f"{type(error).__name__}: {error}")
        status, reason, message = answer
        yield json.dumps({"id": case["id"], "status": status, "reason": reason, "message": message})


if __name__ == "__main__":
    use_checkout()
    for text in answers(sys.stdin):
        print(text, flush=True)
