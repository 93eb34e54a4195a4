# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop's workloads, to the letter: what changes here restarts pods in every cluster.

After a change that is meant:  python -m tests.unit.models.test_golden
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.load import parse
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.models import build
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.objects import of_role
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.resolve import resolve

GOLDEN = Path(__file__).parent / "shop_workloads.json"
SHOP = Path(__file__).parents[3] / "stacks" / "shop.yml"
ENVIRONMENT = """
preset: local
namespace: shop-dev
sites: {shop: {host: shop.localhost}}
ingress:
  {driver: gateway, class: contour, gateway: {namespace: gw, name: shared}, port: 8080}
"""


def workloads() -> list[dict[str, Any]]:
    """Return the objects of the role `workloads`."""
    stack, _ = parse(SHOP.read_text("utf-8"), shown="shop.yml", layer="stack")
    environment, _ = parse(ENVIRONMENT, shown="env.yml", layer="environment")
    document = resolve(stack, [environment]).document
    assert document
    models = build({**document})
    markers = {one["name"]: f"mg-{one['name']}" for one in models["migrations"]}
    return of_role(models, "workloads", markers)


def test_the_shop_is_rendered_as_before() -> None:
    assert workloads() == json.loads(GOLDEN.read_text("utf-8"))


def test_the_same_bytes_on_every_run() -> None:
    assert json.dumps(workloads()) == json.dumps(workloads())


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(workloads(), indent=1) + "\n", "utf-8")
