# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parent has loaded, no worker loads again; what it cannot load stops nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ansible_collections.slipway.stack.plugins.plugin_utils import warm

LOADED = """
import gc, sys
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[1]])._install()
from ansible_collections.slipway.stack.plugins.plugin_utils import action
lookup = "ansible_collections.slipway.stack.plugins.lookup.render"
core = [name for name in sys.modules if name.startswith("ansible.plugins.filter.core")]
print(lookup in sys.modules, bool(core), gc.get_freeze_count() > len(sys.modules))
"""


def test_filters_and_our_lookup_are_there_before_the_fork_and_stay_uncopied():
    command = [sys.executable, "-c", LOADED, str(Path(".collections").absolute())]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", "True"]


def test_a_lookup_that_is_missing_stops_no_action(monkeypatch):
    monkeypatch.setattr(warm, "_TEMPLATE", "{{ query('no.such.lookup') }}")
    warm.up()
