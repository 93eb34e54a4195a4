# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""While workers are busy the next cores are imported, between the forks, and none in a worker."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from ansible_collections.slipway.stack.plugins.action import resolve

FORKS = """
import os, sys, time
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[1]])._install()
from ansible_collections.slipway.stack.plugins.plugin_utils import ahead

CORES = ("module_utils.no.core", "module_utils.health.wait", "module_utils.probe.check")

def there():
    ours = "ansible_collections.slipway.stack.plugins."
    return "".join("y" if ours + core in sys.modules else "n" for core in CORES)

def forked():
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    inherited = there()
    if not os.fork():
        os._exit(0)
    os.wait()
    print("worker", inherited, there(), flush=True)
    os._exit(0)

ahead.expect(*CORES)
print("before", there(), flush=True)
forked()
while ahead._IMPORTS._coming:
    time.sleep(0.01)
forked()
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(Path(".collections").absolute())]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def test_the_workers_after_a_fork_have_what_was_imported_since():
    ran = python(FORKS)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "before nnn",
        "worker nnn nnn",  # its own forks import nothing
        "worker nyy nyy",  # what cannot be imported is left to its task
    ]


HOOKS = """
import os, sys
from importlib import import_module
import ansible.cli.playbook
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[1]])._install()
from ansible_collections.slipway.stack.plugins.action import resolve
from ansible_collections.slipway.stack.plugins.plugin_utils import ahead
os.register_at_fork = lambda **hooks: print(hooks)
for core in resolve.NEXT:
    ahead._load(core)
    print(core)
"""


RESOLVES = """
import os, sys
import ansible.cli.playbook
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[1]])._install()
from ansible_collections.slipway.stack.plugins.action import resolve
name = "ansible_collections.slipway.stack.plugins." + resolve.NEXT[0]
before = name in sys.modules
for _ in range(2):  # the second waits for what the first began
    if not os.fork():
        os._exit(0)
    os.wait()
print(before, name in sys.modules)
"""


def test_who_resolves_a_stack_has_the_next_core_after_a_fork():
    assert python(RESOLVES).stdout.split() == ["False", "True"]


def test_no_core_registers_for_forks_while_one_may_be_under_way():
    ran = python(HOOKS)
    assert ran.stdout.splitlines() == list(resolve.NEXT)


def test_what_is_expected_after_a_stack_is_resolved_exists():
    ours = resolve.__name__.rpartition(".action.")[0]
    for core in resolve.NEXT:
        assert import_module(f"{ours}.{core}")
