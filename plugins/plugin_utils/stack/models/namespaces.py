# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespace of the stack."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import base

RESTRICTED_CAPABILITIES = {"NET_BIND_SERVICE"}
LEVELS = ("privileged", "baseline", "restricted")


def models(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Namespace: made if it is not there, and left alone if somebody else made it."""
    name = document["namespace"]
    model = base(document, "namespace", name, "namespace")
    level = _level(document)
    enforced = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn")}
    return [{**model, "labels": {**model["labels"], **enforced}}]


def _level(document: dict[str, Any]) -> str:
    """Return the strictest Pod Security Standard that all declared opt-outs leave possible."""
    needed = [_needed(spec.get("security", {})) for spec in document["workloads"].values()]
    needed += [account["pods"] for account in document.get("accounts", {}).values()]
    return min(needed, key=LEVELS.index, default=LEVELS[-1])


def _needed(security: dict[str, Any]) -> str:
    beyond = set(security.get("capabilities", [])) - RESTRICTED_CAPABILITIES
    return "baseline" if security.get("root") or beyond else "restricted"
