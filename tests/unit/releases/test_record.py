# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which release is brought back, and what its record holds."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.stack.plugins.module_utils.releases import record
from ansible_collections.slipway.stack.plugins.module_utils.releases.errors import ReleaseError

WORKLOADS = [
    {"template": "service", "name": "api"},
    {"template": "deployment", "name": "api", "pod": {"containers": [{"image": "shop:1"}]}},
]
STACK = {"name": "shop", "models": json.dumps({"workloads": WORKLOADS})}


def release(number: int, content: str, brings_back: int = 0) -> record.Release:
    return record.Release(
        number, "2026-11-22T04:00:00+00:00", "ci@runner", content, {}, brings_back
    )


A, B = release(1, "a"), release(2, "b")
# releases, wanted number, the one that is chosen
CHOICES = {
    "the one before": ([A, B], 0, 1),
    "by its number": ([A, B, release(3, "c")], 1, 1),
    "going back twice goes back two": ([A, B, release(3, "c"), release(4, "b", 2)], 0, 1),
    "what was there was a return": ([A, B, release(3, "a", 1), release(4, "c")], 0, 1),
    "the same content again is no other release": ([A, B, release(3, "b")], 0, 1),
    "the return's own origin is forgotten": ([B, release(3, "a", 1), release(4, "c")], 0, 3),
}


@pytest.mark.parametrize("case", CHOICES)
def test_choice(case: str) -> None:
    releases, wanted, number = CHOICES[case]
    assert record.chosen(releases, wanted, "shop").number == number


@pytest.mark.parametrize(
    ("releases", "number", "says"),
    [
        ([], 0, "no release of shop before the one that is deployed; recorded are none"),
        ([A], 0, "recorded are 1"),
        ([A, B], 7, "no release 7 of shop; recorded are 1, 2"),
        ([A, B, release(3, "a", 1)], 0, "before the one that is deployed"),
    ],
)
def test_no_choice(releases: list[record.Release], number: int, says: str) -> None:
    with pytest.raises(ReleaseError, match=says):
        record.chosen(releases, number, "shop")


def test_a_record_gives_back_what_it_was_given() -> None:
    images = record.images(STACK)
    assert images == {"api": "shop:1"}
    made = A._replace(images=images)
    config_map = record.to_config_map(made, STACK, "shop")
    assert record.parse(config_map) == made
    assert record.resolved(config_map) == STACK
    assert config_map["immutable"]


def test_the_order_of_keys_is_no_change() -> None:
    assert record.content(STACK) == record.content(dict(reversed(STACK.items())))
    assert record.content(STACK) != record.content({**STACK, "name": "other"})


def test_a_record_that_was_changed_is_named() -> None:
    config_map = record.to_config_map(A, STACK, "shop")
    with pytest.raises(ReleaseError, match="slipway-release-shop-1"):
        record.parse({**config_map, "data": {}})


def test_the_oldest_are_superfluous() -> None:
    releases = [release(number, str(number)) for number in (3, 1, 2, 4)]
    assert [one.number for one in record.superfluous(releases, 2)] == [2, 1]


def test_a_line_for_people() -> None:
    assert str(release(3, "c", 1)._replace(images={"api": "shop:1"})) == (
        "3  2026-11-22T04:00:00+00:00  ci@runner, brings back 1  api shop:1"
    )
