# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a datastore's driver needs, beyond what the schema can say of a driver or a type alone."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields


def drivable(subject: Subject) -> Faults:
    """Yield datastores that no operator runs, and external ones without a way to log in."""
    for name, node in subject.section("datastores").items():
        path, entries = ("datastores", name), fields(node)
        said = {key: entries[key].value for key in ("type", "driver", "auth") if key in entries}
        if said.get("driver") == "operator" and said.get("type") != "postgres":
            message = f"there is no operator for {said.get('type')}"
            fix = "Say `driver: container` or `driver: external`."
            yield Fault((*path, "driver"), message, entries["driver"].mark, fix)
        open_server = said.get("type") == "s3" or said.get("auth") is False
        if said.get("driver") == "external" and "secret" not in entries and not open_server:
            fix = "Add it: the Secret with the password or the url of the external server."
            yield Fault((*path, "secret"), "missing", node.mark, fix)
