# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources that contradict each other."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.kube.quantity import quantity
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.checks.subject import (
    Fault,
    Faults,
    Subject,
)
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.tree import (
    Node,
    Path,
    fields,
    find,
)

_SECTIONS = ("migrations", "workloads", "datastores")


def limits(subject: Subject) -> Faults:
    """Yield limits below what is requested."""
    for section in _SECTIONS:
        for name, entity in subject.section(section).items():
            yield from _compared((section, name), entity)


def _compared(path: Path, entity: Node) -> Faults:
    limits = fields(find(entity, ("resources", "limits")))
    requests = fields(find(entity, ("resources", "requests")))
    for key in limits.keys() & requests.keys():
        least, most = (quantity(str(side[key].value)) for side in (requests, limits))
        if least is not None and most is not None and least > most:
            message = f"the limit {limits[key].value} is below the request {requests[key].value}"
            fix = f"Raise limits.{key} or lower requests.{key}."
            place = (*path, "resources", "limits", key)
            yield Fault(place, message, requests[key].mark, fix)
