# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K18: a rotated password is no new migration."""

from __future__ import annotations

import base64

from tests.kill.town import counting

SCRIPT = counting(0)


def test_it_is_skipped(database):
    first = database.deploy(SCRIPT).only()
    path = database.town.path("secrets", database.secret)
    rotated = {"data": {"url": base64.b64encode(b"postgresql://other").decode()}}
    database.town.client.request(
        "PATCH", path, body=rotated, content_type="application/merge-patch+json"
    )
    second = database.deploy(SCRIPT).only()

    assert [first["outcome"], second["outcome"]] == ["passed", "skipped"]
    assert first["run_id"] == second["run_id"]
