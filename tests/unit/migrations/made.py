# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that several unit tests of the gate need."""

from __future__ import annotations

from ansible_collections.slipway.stack.plugins.module_utils.migrations import slots
from ansible_collections.slipway.stack.plugins.module_utils.migrations.gate import Gate, Limits
from ansible_collections.slipway.stack.plugins.module_utils.migrations.identity import identify
from ansible_collections.slipway.stack.plugins.module_utils.migrations.jobs import Run

DATABASE = "shop/users-db"


def job(**container) -> dict:
    made = {"name": "migrate", "image": "shop:1", "args": ["migrate"]} | container
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"labels": {"app.kubernetes.io/part-of": "shop"}},
        "spec": {"template": {"spec": {"containers": [made]}}},
    }


def run(rendered: dict, *, name: str = "migrate-users", **changes) -> Run:
    """Return the run of a rendered Job."""
    options = {"phase": "pre", "database": DATABASE, "incarnation": "first"} | {
        key: changes.pop(key) for key in ("phase", "database", "incarnation") if key in changes
    }
    known = identify(rendered, config_maps={}, **options)
    return Run(
        name=name,
        **options,
        run_id=known.run_id,
        inputs=known.inputs,
        **changes,
    )


class Deployer:
    """One deployer in the in-memory cluster; `lines` is what it said."""

    def __init__(self, cluster, me: str = "me", **options) -> None:
        self.lines: list[str] = []
        rendered = options.pop("job", None) or job()
        limits = Limits(options.pop("timeout_s", 60), options.pop("lock_wait_s", 120))
        self.run = run(rendered, **options)
        lock = cluster.lock(slots.lease_name(self.run.database), me)
        world = cluster.world(self.lines.append)
        self.gate = Gate(self.run, rendered, cluster.store(), lock, world, limits)

    def ensure(self):
        return self.gate.ensure()
