# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a log has been read, whatever a stream that breaks repeats or leaves out.

The timestamps that the kubelet puts before each line tell where to go on; what the new stream
repeats is left out. It must repeat something: where it does not, the log file was rotated away.
"""

from __future__ import annotations

from collections import Counter, deque

OVERLAP_S = 2


class Cursor:
    """Feeds on lines as ``2026-01-02T03:04:05.678901234Z text``.

    Standard output and standard error are copied by two writers, so neighbouring lines may be
    out of order by a little; therefore the last seconds are compared line by line.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[str, str]] = deque()
        self._second = ""
        self._replay: Counter[str] = Counter()
        self._fresh = False  # a stream that is to go on, and has not said anything yet
        self.torn = False
        """Whether the present stream began with something new instead of a repetition."""

    def resume(self) -> dict[str, str]:
        """Return the query that continues the log, and expect its repetitions."""
        self._replay = Counter(line for _stamp, line in self._recent)
        self._fresh = bool(self._recent)
        self.torn = False
        return {"sinceTime": _whole_second(self._recent[0][0])} if self._recent else {}

    def take(self, line: str) -> str | None:
        """Return the text of a line that is new, None for a repeated one or one without a stamp."""
        stamp, _space, text = line.partition(" ")
        if not _is_stamp(stamp) or (self._replay and self._is_repeated(line)):
            return None
        self.torn = self.torn or self._fresh
        self._fresh = False
        self._recent.append((stamp, line))
        if stamp[:19] != self._second:
            self._second = stamp[:19]
            self._forget()
        return text

    def begins_known(self, piece: str) -> bool:
        """Whether it is the beginning of a line that is expected to be repeated."""
        return any(line.startswith(piece) for line in self._replay)

    def _is_repeated(self, line: str) -> bool:
        if self._replay[line] <= 0:
            return False
        self._replay[line] -= 1
        self._fresh = False
        return True

    def _forget(self) -> None:
        now = _seconds(self._second)
        while abs(now - _seconds(self._recent[0][0])) > OVERLAP_S:
            self._recent.popleft()


def text_of(line: str) -> str | None:
    """Return what stands after the timestamp, None where there is none."""
    stamp, _space, text = line.partition(" ")
    return text if _is_stamp(stamp) else None


def _is_stamp(word: str) -> bool:
    return len(word) >= 20 and word[10] == "T"


def _whole_second(stamp: str) -> str:
    return stamp[:19] + stamp[19:].lstrip(".0123456789")


def _seconds(stamp: str) -> int:
    """Return seconds of the day; at midnight the overlap is forgotten, no more."""
    return int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60 + int(stamp[17:19])
