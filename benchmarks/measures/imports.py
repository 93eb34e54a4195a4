# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each plugin takes to import, in a fresh process that has imported ansible-playbook.

The bytecode of an earlier run is used, as in every run but the first after an installation.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.commands import Command, run
from benchmarks.figures import Figures, repeated
from cluster.paths import ROOT

PLUGINS = ROOT / "plugins"
PROGRAM = """\
import sys
from importlib import import_module
from time import perf_counter
import ansible.cli.playbook, ansible.plugins.action, ansible.plugins.lookup
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[2]])._install()
start = perf_counter()
import_module(sys.argv[1])
print(perf_counter() - start)
"""


def imports() -> Figures:
    """Every action and lookup plugin."""
    for kind in ("action", "lookup"):
        for path in sorted((PLUGINS / kind).glob("[a-z]*.py")):
            name = f"ansible_collections.slipway.stack.plugins.{kind}.{path.stem}"
            yield f"import_{kind}_{path.stem}_s", repeated(partial(_seconds, name))


def _seconds(module: str) -> float:
    argv = (sys.executable, "-c", PROGRAM, module, ROOT / ".collections")
    return float(run(Command(argv, {})).output.split()[-1])
