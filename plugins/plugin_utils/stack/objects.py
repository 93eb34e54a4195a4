# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All objects of a stack, as they would be sent: for what looks at the whole before anything is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render

Object = dict[str, Any]


def objects(models: Mapping[str, Any]) -> list[Object]:
    """Render the models of all roles (see models.build), in the order of the roles."""
    migrations = models["migrations"]
    markers = {migration["name"]: "" for migration in migrations}
    jobs = [migration["job"] for migration in migrations if migration.get("job")]
    return [
        *render("infra", models["infra"], {}),
        *render("migrations", jobs, {}),
        *render("workloads", models["workloads"], markers),
        *render("ingress", models["ingress"], {}),
    ]
