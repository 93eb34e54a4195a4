# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told about a stack that is written down as text."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks import (
    check_live,
    check_objects,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import Subject
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.findings import Finding, in_order
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import Mark, Node

from tests.unit import quick_yaml

STACK, INVENTORY = "stacks/demo.yml", "the inventory"
TODAY = date(2026, 11, 22)
HEAD = """schema: stack/v1
name: demo
"""
IMAGES = 'images: {app: {repo: acme/app, tag: "1"}}\n'
LOCAL = """preset: local
sites: {shop: {host: shop.example.com}}
ingress: {driver: gateway, gateway: {namespace: gateway-system, name: shared}, scheme: https}
"""


def told(stack: str, environment: str = "", today: date = TODAY) -> list[Finding]:
    """Return the findings of a stack. environment: what it says besides or instead of LOCAL."""
    layers: list[Node] = []
    faults: list[Finding] = []
    texts = [(stack, STACK, "stack"), (surroundings(environment), INVENTORY, "environment")]
    for text, file, layer in texts:
        node, findings = parse(text, shown=file, layer=layer)
        layers.append(node)
        faults += findings
    return in_order(faults) or resolve(layers[0], layers[1:], today=today).findings


def whole(fragment: str) -> str:
    """Return a stack file that has at least a head and an image."""
    images = "" if "images:" in fragment else IMAGES
    return fragment if "schema:" in fragment else HEAD + images + fragment


def surroundings(environment: str) -> str:
    """Return an environment: LOCAL, but for the sections that are given."""
    given = quick_yaml.load(environment) or {} if _sound(environment) else {}
    kept = [line for line in LOCAL.splitlines() if line.partition(":")[0] not in given]
    return "\n".join([environment.rstrip("\n"), *kept, ""])


def told_of_objects(objects: list[dict[str, Any]], code: str) -> list[Finding]:
    """Return what one check says of rendered objects: examples leave out what others ask for."""
    subject = Subject(Node({}, Mark("stack", STACK)), {"routes": {}}, {})
    return [one for one in check_objects(objects, subject) if one.id == code]


def told_of_change(pair: list[dict[str, Any]]) -> list[Finding]:
    """Return what is said of a live object and the one that follows it."""
    subject = Subject(Node({}, Mark("stack", STACK)), {"routes": {}}, {})
    return check_live([(pair[0], pair[1])], subject)


def _sound(text: str) -> bool:
    try:
        return isinstance(quick_yaml.load(text) or {}, dict)
    except yaml.YAMLError:
        return False
