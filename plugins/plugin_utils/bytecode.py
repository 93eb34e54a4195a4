# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets Python keep the bytecode of our own modules, as it does for any other package.

Ansible's loader of collections compiles each of them from its source in every run: a third of a
second for the modules of one deployment. So an action imports its core like this:

    with bytecode.kept():
        from ansible_collections.slipway.stack.plugins.module_utils.probe import check
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

_OURS = __name__.rpartition(".plugin_utils.")[0]
_CORES = (f"{_OURS}.module_utils.", f"{_OURS}.plugin_utils.")


class _Cached(MetaPathFinder):
    """Finds the cores where Ansible's loader has found their packages."""

    def __init__(self) -> None:
        self._finders: dict[str, FileFinder] = {}  # each has listed its folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_CORES):
            return None
        for folder in path or ():
            place = os.fspath(folder)
            if place not in self._finders:
                self._finders[place] = FileFinder(place, (SourceFileLoader, SOURCE_SUFFIXES))
            found = self._finders[place]
            if spec := found.find_spec(fullname):
                return spec
        return None


@contextmanager
def kept() -> Iterator[None]:
    """Find our own modules so that Python keeps their bytecode, until the block ends."""
    sys.meta_path.insert(0, _FINDER)
    try:
        yield
    finally:
        sys.meta_path.remove(_FINDER)


_FINDER = _Cached()
