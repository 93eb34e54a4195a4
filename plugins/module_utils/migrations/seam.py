# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the streams of one log, and says where they do not meet.

Lines may be missing where the second stream does not repeat the end of the first: the log file
was rotated in between. What is lost while one stream goes on cannot be known.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.slipway.stack.plugins.module_utils.migrations.cursor import (
    Cursor,
    text_of,
)

GAP = "[lines may be missing here: the log was rotated while its stream was broken]"


class Seam:
    """What is new in each stream, in order; remarks on the log stand in brackets."""

    def __init__(self) -> None:
        self._cursor = Cursor()
        self._piece = ""
        self._strays: set[str] = set()

    def resume(self) -> dict[str, str]:
        """Return the query of the stream that goes on where the last one ended."""
        return self._cursor.resume()

    def take(self, lines: Iterable[str]) -> list[str]:
        """Return the texts of the lines that are new."""
        found: list[str] = []
        for line in lines:
            was_torn = self._cursor.torn
            text = self._cursor.take(line)
            if text is None:
                found += self._stray(line)
                continue
            if self._cursor.torn and not was_torn:
                found += [*self.left(), GAP]
            self._piece = ""  # it was the beginning of this line
            found.append(text)
        return found

    def broke_off(self, rest: str) -> None:
        """Keep what a stream ended with within a line: the next stream has the whole line."""
        if rest and text_of(rest) is not None and not self._cursor.begins_known(rest):
            self._piece = rest

    def end(self, rest: str) -> list[str]:
        """Return the last line, which may have no line break, or may be the kubelet's own words."""
        return self.take([rest] if text_of(rest) is not None else [])

    def left(self) -> list[str]:
        """Return the beginning of a line whose end cannot be read any more."""
        piece, self._piece = self._piece, ""
        return [f"{text_of(piece)} [the end of this line is missing]"] if piece else []

    def _stray(self, line: str) -> list[str]:
        """Return a whole line that has no timestamp: what it belongs to is not known."""
        if not line or text_of(line) is not None or line in self._strays:
            return []
        self._strays.add(line)
        return [f"[came without a timestamp: {line}]"]
