# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run has learned of an API server: the kinds that it serves.

Each task is a process of its own; all that they share is a folder that ends with the run. So the
first task asks and the others read. Nothing is kept from one run to the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


class Memory:
    """A file for one API server, seen as one user; without a folder it remembers nothing."""

    def __init__(self, folder: str, *server: str) -> None:
        """server: what tells this API server, and who asks it, from others."""
        name = hashlib.sha256("\0".join(server).encode()).hexdigest()
        self._path = Path(folder, f"slipway-kinds-{name}.json") if folder else None

    def recall(self) -> list[Any] | None:
        """Return what was kept, None if nothing was."""
        if self._path is None:
            return None
        try:
            kept: list[Any] = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return kept

    def keep(self, rows: list[Any]) -> None:
        """Keep it in one step, so that no other task reads half of it."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):  # then the next task asks again
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(rows, file)
            os.replace(name, self._path)
