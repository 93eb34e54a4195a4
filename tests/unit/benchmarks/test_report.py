# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader sees: tables between marks, goals with their limits, dashes for what is missing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from benchmarks import chart, report, results
from benchmarks.figures import figure
from benchmarks.measures import MEASURES


def medians(**values: float) -> dict:
    return {key: figure([value], load=[0.5]).as_dict() for key, value in values.items()}


def goal(results: dict, name: str) -> list[str]:
    (line,) = [line for line in report.goals(results).splitlines() if name in line]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(("ours", "verdict"), [(1.3, "holds"), (1.5, "**missed**")])
def test_the_no_op_is_compared_with_a_sum(ours, verdict):
    seen = medians(noop_site_s=ours, empty_playbook_s=0.6, helm_noop_s=0.8)
    assert goal(seen, "no-op ≤ empty")[1:] == [f"{ours:.2f}", "1.40", verdict]


def test_fresh_is_compared_with_the_better_peer():
    seen = medians(fresh_site_s=9.0, helm_fresh_s=20.0, kubectl_fresh_s=10.0)
    assert goal(seen, "better of helm")[1:] == ["9.00", "10.50", "holds"]


def test_5000_objects_grow_in_a_line_and_have_a_bound():
    seen = medians(noop_500_s=3.0, noop_5000_s=31.0, noop_5000_rss_mb=290.0)
    assert goal(seen, "10 times 500")[1:] == ["31.00", "30.00", "**missed**"]
    assert goal(seen, "MB ≤ 300")[1:] == ["290.00", "300.00", "holds"]


def test_a_goal_without_a_figure_neither_holds_nor_is_missed():
    assert goal(medians(noop_site_s=1.0), "no-op ≤ empty")[1:] == ["-", "-", "not measured"]


def test_a_missing_peer_is_a_dash():
    line = report.side_by_side(medians(noop_site_s=1.0)).splitlines()[2]
    assert line == "| nothing to change, 50 objects | 1.00 (1.00 to 1.00) | - | - | - |"


def test_series_are_in_the_order_of_numbers():
    table = report.series(medians(forks_8_s=1, forks_1_s=2, resolve_render_10_s=1), ["forks_"])
    assert [line.split("`")[1] for line in table.splitlines()[2:]] == ["forks_1_s", "forks_8_s"]


def test_only_what_stands_between_marks_is_replaced():
    document = "before\n<!-- goals -->\nold\n<!-- /goals -->\nafter\n"
    assert report.inserted(document, {"goals": "new\n"}) == (
        "before\n<!-- goals -->\nnew\n<!-- /goals -->\nafter\n"
    )
    with pytest.raises(ValueError, match="no marks"):
        report.inserted("nothing", {"goals": "new\n"})


def test_the_page_has_a_place_for_every_table(checkout):
    page = (checkout / "docs" / "performance.md").read_text()
    made = report.tables({})
    assert all(f"<!-- {name} -->" in page for name in made)
    assert report.inserted(page, made)


def test_the_picture_has_a_curve_for_what_was_measured():
    seen = medians(noop_site_s=1.0, noop_500_s=3.0, noop_5000_s=20.0)
    picture = ET.fromstring(chart.drawn(seen))
    space = "{http://www.w3.org/2000/svg}"
    drawn = [line.get("points") for line in picture.iter(f"{space}polyline")]
    assert [len(points.split()) for points in drawn] == [3]
    assert chart.drawn({}) == ""


def test_figures_are_kept_beside_each_other(tmp_path):
    path = tmp_path / "bench.json"
    results.keep("a_s", figure([1.0]), path)
    results.keep("b_s", figure([2.0]), path)
    results.keep("a_s", figure([3.0]), path)

    kept = json.loads(path.read_text())
    assert {key: kept[key]["median"] for key in ("a_s", "b_s")} == {"a_s": 3.0, "b_s": 2.0}
    assert results.read(path)["machine"]["cores"]


def test_the_page_names_every_measure(checkout):
    page = (checkout / "docs" / "performance.md").read_text()
    assert [name for name in MEASURES if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("key", "load", "provisional"),
    [("noop_site_s", 1.2, False), ("noop_site_s", 9.0, True), ("helm_fresh_s", 9.0, False)],
)
def test_figures_of_a_busy_machine_are_called_provisional(key, load, provisional):
    seen = {key: figure([1.0], load=[0.5, load]).as_dict(), "machine": results.machine()}
    assert ("provisional" in report.machine(seen)) is provisional
