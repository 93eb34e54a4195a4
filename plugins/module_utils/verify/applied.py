# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What deployments of the stack have left in the cluster, and whether it is healthy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.stack.plugins.module_utils.health import wait
from ansible_collections.slipway.stack.plugins.module_utils.kube.apply import applied_set
from ansible_collections.slipway.stack.plugins.module_utils.kube.client import Client
from ansible_collections.slipway.stack.plugins.module_utils.kube.objects import Ref


def resources(client: Client, namespace: str, stack: str) -> list[Ref]:
    """Return what all roles have applied. Raises KubeError."""
    sets = applied_set.of_all_roles(client, namespace, stack)
    return sorted(one for refs in sets.values() for one in refs)


def healthy(
    client: Client, namespace: str, refs: list[Ref], timeout_s: float, report: Callable[[str], None]
) -> dict[str, Any]:
    """Wait for them; see health_wait. Raises KubeError."""
    asked = {
        "resources": [one.as_dict() for one in refs],
        "namespace": namespace,
        "timeout": timeout_s,
        "stable_for": 0.0,
    }
    return wait.run(asked, check=False, report=report, connected=lambda _params: client)
