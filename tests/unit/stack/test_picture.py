# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page of a stack says, and what it must never say."""

from __future__ import annotations

import re
from itertools import pairwise

from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.layout import Box, layout
from ansible_collections.slipway.stack.plugins.plugin_utils.stack.picture.page import page

ENVIRONMENT = """\
preset: local
sites: {shop: {host: shop.localhost}}
ingress: {driver: gateway, class: contour, gateway: {namespace: gw, name: shared}}
workloads: {gateway: {scale: {replicas: 2}}}
"""


def test_every_part_and_every_edge_is_drawn(resolved, shop):
    html = page(resolved(shop.read_text(), ENVIRONMENT))
    parts = set(re.findall(r'data-part="([^"]+)"', html))
    assert {"routes.shop", "workloads.users", "migrations.migrate_users"} <= parts
    assert {"datastores.users_db", "secrets.auth"} <= parts
    edges = set(re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', html))
    assert ("routes.shop", "workloads.gateway") in edges
    assert ("workloads.orders", "workloads.users") in edges
    assert ("workloads.users", "migrations.migrate_users") in edges
    assert ("migrations.migrate_users", "datastores.users_db") in edges
    assert ("workloads.users", "secrets.auth") in edges


def test_a_value_says_who_set_it_and_what_it_overrode(resolved, shop):
    html = page(resolved(shop.read_text(), ENVIRONMENT))
    (row,) = re.findall(r'<th scope="row">scale.replicas</th>.*?</tr>', html, re.DOTALL)[-1:]
    assert "env.yml:4:" in row
    assert "overrode <code>1</code> of" in row
    assert "presets/local.yml" in row
    assert "key url of Secret users-db" in html


def test_the_page_is_the_same_every_time_and_loads_nothing(resolved, shop):
    html = page(resolved(shop.read_text(), ENVIRONMENT))
    assert html == page(resolved(shop.read_text(), ENVIRONMENT))
    assert not re.search(r"""(src|href)=["'](?!#|data:,)""", html)
    assert "url(http" not in html
    assert "@import" not in html


def test_a_stack_with_errors_has_a_page_with_its_findings(resolved, shop):
    text = shop.read_text().replace("${users.url}", "${usres.url}")
    html = page(resolved(text, ENVIRONMENT))
    assert "2 errors" in html
    assert "${usres.url} refers to nothing" in html
    assert "has-error" in html


def test_a_stack_that_cannot_be_merged_has_a_page(resolved):
    html = page(resolved("schema: stack/v1\nname: demo\nworkloads: [1, 2]\n", ENVIRONMENT))
    assert 'class="verdict error"' in html


def test_a_password_that_somebody_wrote_is_not_shown(resolved, shop):
    text = shop.read_text().replace("ADMIN_USERNAME: admin", "API_TOKEN2: hunter2")
    text = text.replace('MIGRATE_ON_START: "false"', "CACHE: redis://me:hunter2@cache", 1)
    text = text.replace("ADMIN_PASSWORD: ${secrets.admin.password}", "ADMIN_PASSWORD: hunter2")
    assert "hunter2" not in page(resolved(text, ENVIRONMENT))


def test_markup_in_a_value_stays_text(resolved, shop):
    text = shop.read_text().replace("ADMIN_USERNAME: admin", "NAME: <script>alert(1)</script>")
    assert "<script>alert" not in page(resolved(text, ENVIRONMENT))


def test_boxes_do_not_overlap_and_lines_run_to_the_right():
    boxes = [Box(f"{column}.{row}", column, 100, 40) for column in range(3) for row in range(5)]
    lines = [("0.0", "1.4"), ("0.1", "2.3"), ("0.4", "2.0"), ("1.1", "2.1"), ("1.0", "1.2")]
    drawn = layout(boxes, lines)
    for column in range(3):
        middles = sorted(drawn.places[f"{column}.{row}"].middle for row in range(5))
        assert min(b - a for a, b in pairwise(middles)) >= 40
    assert [len(line) for line in drawn.lines] == [2, 3, 3, 2, 2]
    assert all(line[0].x <= line[-1].x for line in drawn.lines)
