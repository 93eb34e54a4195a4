# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own modules come with their bytecode; everybody else's are left to their loaders."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import SourceFileLoader

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils import bytecode

STACK = "ansible_collections.slipway.stack.plugins"


def found(name: str):
    package = importlib.import_module(name.rpartition(".")[0])
    with bytecode.kept():
        return sys.meta_path[0].find_spec(name, package.__path__)


def test_the_finder_goes_with_its_block() -> None:
    before = list(sys.meta_path)
    with bytecode.kept():
        assert sys.meta_path != before
    assert sys.meta_path == before


@pytest.mark.parametrize("name", ["module_utils.kube.client", "plugin_utils.live"])
def test_ours_has_a_place_for_bytecode(name: str) -> None:
    spec = found(f"{STACK}.{name}")
    assert isinstance(spec.loader, SourceFileLoader)
    assert spec.cached.endswith(".pyc")


@pytest.mark.parametrize("name", ["ansible.utils.display", f"{STACK}.modules.apply"])
def test_others_are_left_alone(name: str) -> None:
    assert found(name) is None


def test_what_is_not_there_is_not_found() -> None:
    assert found(f"{STACK}.module_utils.nothing") is None
