# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and labels of what the gate makes. The Job's name is the mutex.

Pure. Every deployer that looks at the same database computes the same next name, so the API
server lets one of them create it, whatever they believe about the Lease.
"""

from __future__ import annotations

import hashlib
import re

from ansible_collections.slipway.stack.plugins.module_utils.migrations.errors import (
    MigrationError,
)

MIGRATION = "slipway.dev/migration"
DATABASE = "slipway.dev/database"
RUN = "slipway.dev/run-id"
PHASE = "slipway.dev/phase"
SEQUENCE = "slipway.dev/sequence"
RECORD = "slipway.dev/record"
INCARNATION = "slipway.dev/incarnation"
COMPATIBLE = "slipway.dev/backward-compatible"
INPUTS = "slipway.dev/inputs"
BY = "slipway.dev/by"
"""Who created the Job."""
HELPERS = "slipway.dev/helpers"
"""Of a pod: the names of its containers that only wait or look, with commas."""
STOPPED = "slipway.dev/stopped"
"""On a Job that the gate ended: class and sentence, as ``class: sentence``."""

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?")


def migration_name(name: str) -> str:
    """Return the migration's name as Kubernetes takes it. Raises MigrationError."""
    kube_name = name.replace("_", "-")
    if not NAME.fullmatch(kube_name):
        raise MigrationError(
            f"migration name {name!r}: use at most 53 lower case letters, digits, - and _, "
            "with a letter or digit at both ends; objects in the cluster are named after it."
        )
    return kube_name


def database_hash(database: str) -> str:
    """Return the 8 hex digits that stand for a database in names and labels."""
    return hashlib.sha256(database.encode()).hexdigest()[:8]


def job_name(database: str, sequence: int) -> str:
    """Return the name of the sequence-th Job of a database."""
    return f"mig-{database_hash(database)}-{sequence}"


def lease_name(database: str) -> str:
    """Return the name of the Lease that guards decisions about a database."""
    return f"mig-{database_hash(database)}"


def marker_name(migration: str, run_id: str) -> str:
    """Return the name of the record of a passed run, which new pods refer to."""
    return f"mg-{migration}-{run_id[:12]}"


def failure_name(migration: str, run_id: str, sequence: int) -> str:
    """Return the name of the record of a failed run; the next attempt has another."""
    return f"{marker_name(migration, run_id)}-f{sequence}"


def owed_name(migration: str, run_id: str) -> str:
    """Return the name of the note that a run of phase `post` is due."""
    return f"{marker_name(migration, run_id)}-owed"


def selector(database: str) -> str:
    """Return the label selector for all that belongs to a database."""
    return f"{DATABASE}={database_hash(database)}"


def kept_labels(labels: dict[str, str]) -> dict[str, str]:
    """Return those of a Job's labels that its Lease and records bear too: the stack's and ours."""
    ours = ("app.kubernetes.io/", "slipway.dev/")
    return {key: value for key, value in labels.items() if key.startswith(ours)}
