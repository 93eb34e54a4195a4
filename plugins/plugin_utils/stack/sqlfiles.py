# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the SQL files of a migration; a ConfigMap takes them to the Job that runs them."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.errors import StackError

MOST_BYTES = 900_000
"""A ConfigMap takes 1 MiB. Source: https://kubernetes.io/docs/concepts/configuration/configmap/"""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.sql")


def sql_files(folder: Path, migration: str) -> dict[str, str]:
    """Return the SQL files of a folder by name, in their order. Raises StackError."""
    where = f"migrations.{migration}.files"
    if not folder.is_dir():
        raise StackError(f"{where}: there is no folder {folder}. Correct its path.")
    found = {path.name: _text(path, where) for path in sorted(folder.glob("*.sql"))}
    if not found:
        raise StackError(f"{where}: no file in {folder} ends with .sql.")
    if strange := [name for name in found if not NAME.fullmatch(name)]:
        raise StackError(
            f"{where}: rename {', '.join(strange)}; letters, digits, '.', '_' and '-' are allowed."
        )
    size = sum(len(text.encode()) for text in found.values())
    if size > MOST_BYTES:
        raise StackError(
            f"{where}: {size} bytes are too many for a ConfigMap ({MOST_BYTES} fit). Let a "
            "migration of style job bring them in an image."
        )
    return found


def _text(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{where}: {path} cannot be read ({error}).") from error
