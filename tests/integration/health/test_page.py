# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a roll-out in a browser. Needs no cluster, but seconds."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.health import timeline
from ansible_collections.slipway.stack.plugins.module_utils.health.model import Status

from tests import browser

Span = timeline.Span
ROWS = [
    timeline.Row(
        "orders-db",
        "StatefulSet",
        (
            Span(0, 6, Status.PROGRESSING, "0/1 ready (pulling image)"),
            Span(6, 8, Status.PROGRESSING, "0/1 ready"),
            Span(8, 20, Status.READY, "1/1 ready"),
        ),
        8.0,
    ),
    timeline.Row(
        "api",
        "Deployment",
        (Span(0, 12, Status.PROGRESSING, "0/2 ready"), Span(12, 20, Status.READY, "2/2 ready")),
        12.0,
        ("StatefulSet orders-db",),
    ),
    timeline.Row(
        "web", "Deployment", (Span(0, 20, Status.FAILED, "it exits with code 1 & <ends>"),), None
    ),
]


@pytest.mark.skipif(not browser.chromium(), reason="there is no Chromium")
def test_a_browser_shows_the_roll_out(tmp_path):
    path = tmp_path / "roll-out.html"
    path.write_text(timeline.page.render(ROWS, timeline.chain(ROWS[:2]), 20.0, 1_800_000_000.0))
    seen = browser.dump(path, tmp_path / "profile")
    assert "Roll-out: 2 of 3 ready, ended after 20.0 s" in seen
    assert "uses StatefulSet orders-db" in seen
    assert "<li>Deployment api: 12.0 s (+4.0 s)</li>" in seen
    assert "pulling image" in seen
    assert "it exits with code 1 &amp; &lt;ends&gt;" in seen
    assert seen.count('class="span ') == 6
    picture = tmp_path / "roll-out.png"
    browser.screenshot(path, tmp_path / "profile", picture)
    assert picture.stat().st_size > 10_000
