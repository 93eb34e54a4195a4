# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments that point a program at its own pod instead of at another service.

Development defaults (`DATABASE_URL=postgres://localhost`) survive in stack files because nothing
refuses them: the pod starts, and finds nobody at its own loopback address.
"""

from __future__ import annotations

import re

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
    Value,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields, find

_HERE = re.compile(
    r"(?<![\w.-])(localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|(?:host\.docker|host\.minikube"
    r"|host\.containers|docker\.for\.mac|gateway\.docker)\.(?:internal|localhost))"
    r"(?![\w-]|\.\w)(?::(\d+))?",
    re.IGNORECASE,
)
_UNSPECIFIED = re.compile(
    r"\b(?:https?|postgres\w*|redis|amqp|mongodb)\w*://(?:[^@/\s]*@)?(0\.0\.0\.0|\[::\])"
)
# Lists of who may call or need not be proxied: localhost is harmless there.
_LISTS = re.compile(r"NO_PROXY|(ALLOW|TRUST|EXEMPT|WHITELIST|EXCLUDE|IGNORE|BYPASS)", re.IGNORECASE)


def pointed(subject: Subject) -> Faults:
    """Yield environment values that name this very pod or the developer's machine."""
    for value in subject.values:
        if _LISTS.search(value.name):
            continue
        found = _HERE.search(value.text) or _UNSPECIFIED.search(value.text)
        if found and not _beside(subject, value, found):
            message = f"{found[1]} is the pod itself, where nothing else listens"
            fix = "Refer to what is meant: ${<workload>.url}, ${<datastore>.url}."
            if value.name.upper().endswith(("HOST", "ADDR", "ADDRESS", "BIND", "LISTEN")):
                fix += " A program that should listen for others listens on 0.0.0.0."
            yield Fault(value.path, message, value.node.mark, fix)


def _beside(subject: Subject, value: Value, found: re.Match[str]) -> bool:
    """Whether a sidecar of the same pod is meant."""
    sidecars = fields(find(subject.tree, (*value.owner, "sidecars")))
    port = found[2] if found.re is _HERE else None
    ports = [fields(fields(one).get("ports")) for one in sidecars.values()]
    opened = {str(node.value) for several in ports for node in several.values()}
    return bool(sidecars) and (port is None or port in opened)
