# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does beside a roll-out: read the history, break a lock, forget a database.

Breaking and forgetting ask for the holder of the Lease as it was seen, so that nobody ends what
has begun since they looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.migrations import jobs, lease, slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Owed, Record
from ansible_collections.slipway.stack.plugins.module_utils.migrations.store import Store

COLUMNS = ("ended", "database", "sequence", "migration", "phase", "outcome", "seconds", "by")


class Named(NamedTuple):
    """A migration and its database. store: the namespace where all who migrate it meet."""

    migration: str
    database: str
    store: Store


def history(places: Sequence[Store]) -> dict[str, Any]:
    """Return every run that is recorded in some namespaces, the oldest first.

    A marker that was copied to the pods that refer to it is one run.
    """
    kept = {place.namespace: place.kept("") for place in places}.values()
    records = list({each.name: each for found, _due in kept for each in found}.values())
    owed = list({each.run_id: each for _found, due in kept for each in due}.values())
    rows = [_row(record) for record in sorted(records, key=_when)]
    return {
        "changed": False,
        "failed": False,
        "msg": _table([*rows, *map(_due, _open(owed, records))]) or "nothing is recorded",
        "history": rows,
    }


def unlock(named: Sequence[Named], holder: str | None, *, check: bool) -> dict[str, Any]:
    """Give up the Lease of each database in the name of its holder. Raises MigrationError."""
    freed = []
    for database, store in {each.database: each.store for each in named}.items():
        found = store.get("leases", slots.lease_name(database))
        held = lease.holder(found) if found else ""
        if not found or not held:
            continue
        _confirm(database, held, holder)
        freed.append(database)
        if not check:
            store.replace("leases", lease.released(found))
    told = f"unlocked {', '.join(freed)}" if freed else "nothing is locked"
    return {"changed": bool(freed), "failed": False, "msg": told}


def forget(named: Sequence[Named], holder: str | None, *, check: bool) -> dict[str, Any]:
    """Delete records, logs and Jobs of each migration. Raises MigrationError.

    Nothing that runs is touched; what was forgotten may run again.
    """
    gone = []
    for each in named:
        found = each.store.get("leases", slots.lease_name(each.database))
        _confirm(each.database, lease.holder(found) if found else "", holder)
        for place, kind, name in _kept(each):
            gone.append(name)
            if not check:
                place.delete(kind, name)
    told = f"forgot {', '.join(gone)}" if gone else "nothing is recorded"
    return {"changed": bool(gone), "failed": False, "msg": told}


def _kept(wanted: Named) -> list[tuple[Store, str, str]]:
    """Return (place, kind, name) of records, logs and Jobs. Raises MigrationError if one runs."""
    chosen = f"{slots.selector(wanted.database)},{slots.MIGRATION}={wanted.migration}"
    made = wanted.store.find("jobs", labelSelector=chosen)
    if alive := [job for job in made if not jobs.ended(job)]:
        raise MigrationError(f"{jobs.told(alive[0])}: it can be forgotten when it has ended.")
    found = [
        (place, kind, each)
        for place in dict.fromkeys((wanted.store, wanted.store.home))
        for kind in ("configmaps", "secrets")
        for each in place.find(kind, labelSelector=f"{chosen},{slots.RECORD}")
    ]
    found += [(wanted.store, "jobs", job) for job in made]
    return [(place, kind, str(each["metadata"]["name"])) for place, kind, each in found]


def _confirm(database: str, held: str, said: str | None) -> None:
    if held != (said or ""):
        who = f"held by {held}" if held else "held by nobody"
        raise MigrationError(
            f"the lock of {database} is {who}, and holder says {said or 'nobody'}: give the holder "
            "that you have seen, when you are sure that it is gone."
        )


def _row(record: Record) -> dict[str, Any]:
    return {
        "migration": record.migration,
        "database": record.database,
        "phase": record.phase,
        "sequence": record.sequence,
        "attempt": record.attempt,
        "outcome": _outcome(record),
        "sentence": record.sentence,
        "started": record.started,
        "ended": record.ended,
        "seconds": record.duration_s,
        "by": record.by,
        "run_id": record.run_id,
        "record": record.name,
    }


def _outcome(record: Record) -> str:
    if not record.passed:
        return f"failed: {record.cls}"
    return "passed" if record.job else "baseline"


def _open(owed: Sequence[Owed], records: Sequence[Record]) -> list[Owed]:
    passed = {record.run_id for record in records if record.passed}
    return [debt for debt in owed if debt.run_id not in passed]


def _due(debt: Owed) -> dict[str, Any]:
    return {"migration": debt.migration, "phase": "post", "outcome": "due", "by": debt.by}


def _when(record: Record) -> tuple[str, str, int]:
    return record.ended, record.database, record.sequence


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows for people, below their headings."""
    if not rows:
        return ""
    lines = [COLUMNS, *([str(row.get(column, "")) for column in COLUMNS] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
