# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports the core of the next task while a worker does the task at hand.

Ansible imports an action plugin right before the first task that needs it, and nothing else happens
meanwhile: together a tenth of a deployment that changes nothing. While a worker is busy,
ansible-playbook only waits for it, so that is when the cores are imported. The next fork waits for
the one under way: what takes long is named in parts.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from importlib import import_module

from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode

# They hold locks of theirs during a fork. What does so must be there before our hook is: then we
# wait first, and nothing that is imported meanwhile gives back a lock that was not taken.
_HOLDS_LOCKS = ("logging", "random", "concurrent.futures.thread")
_OURS = __name__.rpartition(".plugin_utils.")[0]


class _Imports:
    """What is still to come, and the thread that imports it between the forks."""

    def __init__(self) -> None:
        self._coming: list[str] = []
        self._process = os.getpid()
        self._thread: threading.Thread | None = None
        self._pause = False

    def expect(self, cores: Iterable[str]) -> None:
        self._coming = list(cores)

    def go_on(self) -> None:
        """Import until all are there or a fork comes; in workers nothing is imported ahead."""
        if self._coming and os.getpid() == self._process:
            self._pause = False
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Wait for the import under way: a fork in its middle would leave its locks taken."""
        self._pause = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while self._coming and not self._pause:
            _load(self._coming.pop(0))


def _load(core: str) -> None:
    with contextlib.suppress(ImportError), bytecode.kept():  # its own task will say so
        import_module(f"{_OURS}.{core}")


for name in _HOLDS_LOCKS:
    import_module(name)
_IMPORTS = _Imports()
os.register_at_fork(before=_IMPORTS.pause, after_in_parent=_IMPORTS.go_on)


def expect(*cores: str) -> None:
    """Import these modules of ours while workers work, from the next fork on.

    cores: their names below ``plugins``, in the order of the tasks.
    """
    _IMPORTS.expect(cores)
