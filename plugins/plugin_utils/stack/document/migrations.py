# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section migrations: what brings the schema of a database to a release."""

from __future__ import annotations

from typing import Literal, NotRequired

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.document.processes import Process


class Migration(Process):
    """`timeout` in seconds; `files`: name → SQL, read beside the stack file (folder)."""

    style: Literal["job", "sql", "startup", "none"]
    folder: str
    files: dict[str, str]
    workload: str
    seed: NotRequired[dict[str, list[str]]]
    security: dict[str, int]
    verify: str
    backward_compatible: Literal["true", "false", "unknown"]
    database: str
    phase: Literal["pre", "post"]
    timeout: int
