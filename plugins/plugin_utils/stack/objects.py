# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a stack: those of a role as `apply` gets them, and all, to be looked at before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models.naming import content_hash
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.patches import patched
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.render import render

Object = dict[str, Any]
ALL_LEVELS = -1


def of_role(
    models: Mapping[str, Any], role: str, markers: Mapping[str, str], level: int = ALL_LEVELS
) -> list[Object]:
    """Return the objects of a role: rendered, patched, and Jobs named by their content.

    models: see models.build. markers: see render. level: only those of this level of the roll-out.
    """
    chosen = [one for one in models[role] if level in (ALL_LEVELS, one.get("level", 0))]
    return list(map(_named, patched(render(role, chosen, markers), models["patches"])))


def migrations(models: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options of migration_gate for each migration, its Job rendered."""
    jobs = render("migrations", [migration["job"] for migration in models["migrations"]], {})
    pairs = zip(models["migrations"], jobs, strict=True)
    return [{**migration, "job": job} for migration, job in pairs]


def all_patched(models: Mapping[str, Any]) -> list[Object]:
    """Return the objects of all roles as they are going to be applied, but for a Job's name."""
    return patched(objects(models), models["patches"])


def objects(models: Mapping[str, Any]) -> list[Object]:
    """Render the models of all roles, in the order of the roles; no patch is applied to them."""
    markers = {migration["name"]: "" for migration in models["migrations"]}
    jobs = [migration["job"] for migration in models["migrations"] if migration.get("job")]
    return [
        *render("infra", models["infra"], {}),
        *render("migrations", jobs, {}),
        *render("workloads", models["workloads"], markers),
        *render("ingress", models["ingress"], {}),
    ]


def _named(obj: Object) -> Object:
    # A Job cannot be changed, and one that has run does not run again: another is another Job.
    if obj["kind"] != "Job":
        return obj
    name = f"{obj['metadata']['name']}-{content_hash(obj['spec'])}"
    return {**obj, "metadata": {**obj["metadata"], "name": name}}
