# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that stand for one that is not chosen yet: good to plan with, never to deploy."""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields

_PLACES = {"sites": "host", "datastores": "host", "external": "host", "images": "repo"}
# Source: https://www.rfc-editor.org/rfc/rfc2606
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)(?::\d+)?(?:/|$)")


def reserved(subject: Subject) -> Faults:
    """Yield hosts of domains that are nobody's, outside of test clusters."""
    if subject.text("preset") == "local":
        return
    for section, key in _PLACES.items():
        for name, entity in subject.section(section).items():
            node = fields(entity).get(key)
            if node is not None and _RESERVED.search(str(node.value)):
                message = f"{node.value} stands for a host that is not chosen yet"
                fix = "Name the real one: site.yml deploys no placeholder."
                yield Fault((section, name, key), message, node.mark, fix)
