# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two lowest layers: what holds everywhere, and what holds in a kind of place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import read
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node


def defaults() -> Node:
    """Return what holds everywhere."""
    return _layer("defaults", "default")


def preset(name: str) -> Node:
    """Return what holds in one kind of place: ``local``, ``shared`` or ``production``."""
    return _layer(name, "preset")


@lru_cache
def _layer(name: str, layer: str) -> Node:
    path = Path(__file__).parent / f"{name}.yml"
    node, findings = read(path, shown=f"presets/{name}.yml", layer=layer)
    if findings:
        raise AssertionError(findings)
    return node
