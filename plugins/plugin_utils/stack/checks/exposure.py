# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes that the chosen ingress controller cannot serve as they ask."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.controllers import (
    Lack,
    lacking,
    tls_lacking,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import fields


def streams(subject: Subject) -> Faults:
    """Yield streaming routes that would be collected or cut off."""
    yield from _lacks(subject, streaming=True)


def features(subject: Subject) -> Faults:
    """Yield other features that the controller does not have."""
    yield from _lacks(subject, streaming=False)
    for name, site in subject.head["sites"].items():
        if message := tls_lacking(subject.head["ingress"], site):
            node = fields(subject.section("sites")[name])["tls"]
            fix = "Say `issuer` or `secret` instead of `gateway`."
            yield Fault(("sites", name, "tls"), message, node.mark, fix)


def _lacks(subject: Subject, *, streaming: bool) -> Faults:
    for name, route in subject.head["routes"].items():
        for lack in lacking(subject.head["ingress"], route):
            if (lack.key == "stream") is streaming:
                yield _fault(subject, name, lack)


def _fault(subject: Subject, name: str, lack: Lack) -> Fault:
    node = subject.section("routes")[name]
    mark = fields(node)[lack.key].mark if lack.key in fields(node) else node.mark
    return Fault(("routes", name, lack.key), lack.message, mark, lack.fix)
