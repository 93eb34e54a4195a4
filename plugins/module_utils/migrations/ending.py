# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a migration ended for one deployer: the words and the shape of the answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ansible_collections.slipway.stack.plugins.module_utils.migrations.classify import Class
from ansible_collections.slipway.stack.plugins.module_utils.migrations.records import Record


class Outcome(StrEnum):
    """The word for it; `changed` is true for PASSED, ATTACHED, BASELINED and WOULD_RUN."""

    PASSED = "passed"
    SKIPPED = "skipped"
    ATTACHED = "attached"
    BASELINED = "baselined"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    NOT_RUN = "not_run"
    LATER = "later"
    WOULD_RUN = "would_run"


class Ending(NamedTuple):
    """The answer. record and job: where there is one. log: what this deployer saw of the log."""

    outcome: Outcome
    cls: Class = Class.NONE
    sentence: str = ""
    record: Record | None = None
    job: str = ""
    log: str = ""
    waited_s: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether nothing may start on this; a Job that still runs counts."""
        return self.outcome in (Outcome.FAILED, Outcome.IN_PROGRESS, Outcome.NOT_RUN)
