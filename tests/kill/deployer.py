# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts deployers as processes (deploy.py), listens to them, and does them harm."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("deploy.py")


class Deployer:
    """One running `deploy.py`. lines: what it has said so far."""

    def __init__(self, params: dict, *broken: str) -> None:
        """broken: names of what is to be sabotaged in this process."""
        self.lines: list[str] = []
        self.answer: dict = {}
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *broken],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._process.stdin.write(json.dumps(params))
        self._process.stdin.close()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self) -> None:
        for text in self._process.stdout:
            document = json.loads(text)
            if "line" in document:
                self.lines += document["line"].split("\n")
            else:
                self.answer = document

    def says(self, words: str, *, within_s: float = 90.0) -> None:
        """Wait until a line with these words was said."""
        deadline = time.monotonic() + within_s
        while not any(words in line for line in self.lines):
            if time.monotonic() > deadline or not self._ear.is_alive():
                pytest.fail(f"never said {words!r}, but {self.lines} and {self.answer}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as the kernel or a power cut would."""
        self._signal(signal.SIGKILL)
        self.wait_for_end()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._signal(signal.SIGINT)

    def freeze(self) -> None:
        """Stop it, as a laptop's lid does."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let a frozen one go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait_for_end(self, *, within_s: float = 180.0) -> None:
        """Wait until the process is gone, however it ended."""
        late = False
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            late = True
            self._process.kill()
            self._process.wait()
        self._ear.join()
        self._error = self._process.stderr.read()
        self._process.stdout.close()
        self._process.stderr.close()
        if late:
            pytest.fail(f"still running after {within_s:.0f} s: {self.lines[-20:]}")

    def result(self, *, within_s: float = 180.0) -> dict:
        """Return the module's result."""
        self.wait_for_end(within_s=within_s)
        if "result" not in self.answer:
            pytest.fail(f"no result: {self.answer} {self.lines} {self._error}")
        return self.answer["result"]

    def only(self, *, within_s: float = 180.0) -> dict:
        """Return the result of its one migration."""
        (entry,) = self.result(within_s=within_s)["migrations"]
        return entry

    def error(self, *, within_s: float = 60.0) -> str:
        """Return the sentence with which it refused."""
        self.wait_for_end(within_s=within_s)
        return self.answer["error"]

    def quoted(self) -> list[str]:
        """Return the migration's own lines, as they were shown."""
        return [line.partition(" | ")[2] for line in self.lines if " | " in line]
