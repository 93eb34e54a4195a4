# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's result, of one shape however many migrations there are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.ending import (
    Ending,
    Outcome,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record
from ansible_collections.slipway.stack.plugins.module_utils.migrations.wishes import Wish

SHOWN_LINES = 15
AGAIN = "Correct it and deploy again: that is the next attempt. Until then the old version serves."
LOOK = "Its SQL may still run or have been cut off: look at the database, then deploy again."
CHANGED = (Outcome.PASSED, Outcome.ATTACHED, Outcome.BASELINED, Outcome.WOULD_RUN)
ADVICE = {
    Class.APP_EXIT: AGAIN,
    Class.IMAGE_PULL: AGAIN,
    Class.CONFIG: AGAIN,
    Class.NO_POD: AGAIN,
    Class.UNSCHEDULABLE: AGAIN,
    Class.OOM: f"{LOOK} Raise its memory limit.",
    Class.INTERRUPTED: LOOK,
    Class.UNVERIFIED: LOOK,
    Class.DEADLINE: LOOK,
}


def result(answers: Sequence[tuple[Wish, Ending]], diffs: Sequence[dict[str, str]]) -> Any:
    """Return what exit_json or fail_json gets."""
    markers = {wanted.name: marker(wanted, ending) for wanted, ending in answers}
    failures = [_failure(wanted, ending) for wanted, ending in answers if ending.failed]
    return {
        "changed": any(_changed(ending) for _wanted, ending in answers),
        "failed": bool(failures),
        "msg": "\n".join(failures) or _summary([ending for _wanted, ending in answers]),
        "migrations": [entry(wanted, ending) for wanted, ending in answers],
        "markers": markers,
        "ansible_facts": {"slipway_markers": markers},
        "warnings": _warnings([wanted for wanted, _ending in answers]),
        "diff": list(diffs),
    }


def entry(wanted: Wish, ending: Ending) -> dict[str, Any]:
    """Return the result of one migration."""
    run, record = wanted.run, ending.record
    return {
        "name": wanted.name,
        "changed": _changed(ending),
        "outcome": str(ending.outcome),
        "class": str(ending.cls),
        "sentence": ending.sentence,
        "run_id": run.run_id if run else "",
        "identity": "weak" if wanted.weak else "strong",
        "sequence": record.sequence if record else 0,
        "attempt": record.attempt if record else 0,
        "job": ending.job,
        "pod": record.pod if record else "",
        "node": record.node if record else "",
        "exit_code": record.exit_code if record else None,
        "database": wanted.database,
        "incarnation": run.incarnation if run else "",
        "waited_for_lock_s": ending.waited_s,
        "duration_s": record.duration_s if record else 0.0,
        "log_tail": ending.log,
        "marker": marker(wanted, ending),
        "post_owed": _owed(wanted, ending),
    }


def _owed(wanted: Wish, ending: Ending) -> bool:
    """Whether a run of phase post is due on this database and has not passed."""
    passed = ending.record is not None and ending.record.passed
    return ending.cls is Class.OWED or (wanted.phase == "post" and not passed)


def marker(wanted: Wish, ending: Ending) -> str:
    """Return the ConfigMap that new pods refer to; "" where not even its name can be known."""
    if ending.record and ending.record.passed:
        return ending.record.name
    return slots.marker_name(wanted.run.name, wanted.run.run_id) if wanted.run else ""


def identity_diff(wanted: Wish, last: Record | None) -> dict[str, str]:
    """Return why a run is wanted: its identity beside that of the last passed run."""
    return {
        "before_header": f"{wanted.name} (last passed run)",
        "after_header": f"{wanted.name} (wanted)",
        "before": _text(last.inputs) if last else "",
        "after": _text(wanted.run.inputs) if wanted.run else f"unknown: {wanted.missing}\n",
    }


def _text(inputs: dict[str, Any]) -> str:
    return json.dumps(inputs, sort_keys=True, indent=2) + "\n"


def _changed(ending: Ending) -> bool:
    return ending.outcome in CHANGED


def _summary(endings: Sequence[Ending]) -> str:
    counts = Counter(str(ending.outcome).replace("_", " ") for ending in endings)
    parts = ", ".join(f"{count} {word}" for word, count in counts.items())
    return f"{len(endings)} migration{'s' if len(endings) != 1 else ''}: {parts or 'none'}"


def _failure(wanted: Wish, ending: Ending) -> str:
    facts = [str(ending.cls)]
    if ending.record:
        facts.append(f"attempt {ending.record.attempt}")
    if ending.job:
        facts.append(f"Job {ending.job}")
    verb = "is in progress" if ending.outcome is Outcome.IN_PROGRESS else "failed"
    lines = [f"{wanted.name} on {wanted.database} {verb}: {ending.sentence} ({', '.join(facts)})."]
    last = ending.log.splitlines()[-SHOWN_LINES:]
    if last:
        lines += ["Its last lines:", *(f"  {line}" for line in last)]
    if ending.cls in ADVICE:
        lines.append(ADVICE[ending.cls])
    return "\n".join(lines)


def _warnings(wanted: Sequence[Wish]) -> list[str]:
    weak = [each.name for each in wanted if each.weak]
    if not weak:
        return []
    return [
        f"The image of {', '.join(weak)} is named by a tag, not by a digest: if the tag is moved "
        "to another image, its migrations are taken for done. Name the digest."
    ]
