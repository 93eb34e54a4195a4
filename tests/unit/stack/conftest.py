# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers from text, and the one way in which these tests resolve them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import Resolved, resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Node

LOCAL = "preset: local"
Resolve = Callable[..., Resolved]
Layer = Callable[..., Node]


@pytest.fixture
def layer() -> Layer:
    """Return a layer of sound YAML."""

    def read(text: str, name: str = "stack", file: str = "demo.yml") -> Node:
        node, findings = parse(text, shown=file, layer=name)
        assert not findings
        return node

    return read


@pytest.fixture
def resolved(layer: Layer) -> Resolve:
    """Resolve texts: a stack, an environment, a release."""

    def run(stack: str, environment: str = LOCAL, release: str = "") -> Resolved:
        releases = [layer(release, "release", "release.yml")] if release else []
        return resolve(layer(stack), [layer(environment, "environment", "env.yml")], releases)

    return run


@pytest.fixture(scope="session")
def shop() -> Path:
    """The stack file of the shop."""
    return Path(__file__).parents[3] / "stacks" / "shop.yml"
