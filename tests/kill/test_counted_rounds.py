# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Round after round, two to four deployers at once, killed at random moments: one run in each.

The migration is not idempotent: it writes down each run of itself. A killed deployer leaves its
Lease, which is taken over after 30 s, so rounds are played side by side, on databases of their own.
"""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kill.deployer import Deployer
from tests.kill.town import Database, counting

ROUNDS = int(os.environ.get("SLIPWAY_COUNTED_ROUNDS", "4"))
SIDE_BY_SIDE = 4
MIGRATION_S = 3
LONGEST_LIFE_S = 9.0  # of a deployer that is killed: beyond a whole round without kills
SPARED = 0.5  # how often one of them is not killed


def play(database: Database, number: int, *broken: str) -> list[str]:
    """Play one round; return the outcomes of the deployers that were not killed."""
    chance = random.Random(number)
    script = counting(MIGRATION_S, tag=f"round-{number}")
    lives = [chance.uniform(0, LONGEST_LIFE_S) for _each in range(chance.randint(2, 4))]
    deployers = [database.deploy(script, *broken) for _life in lives]
    spared = deployers.pop() if chance.random() < SPARED else None
    kill_in_turn(dict(zip(deployers, lives, strict=False)))
    left = [database.deploy(script, *broken), *filter(None, [spared])]
    return [deployer.only(within_s=300)["outcome"] for deployer in left]


def kill_in_turn(lives: dict[Deployer, float]) -> None:
    """Kill each when its life is over, even if it has ended by itself."""
    began = time.monotonic()
    for deployer, life in sorted(lives.items(), key=lambda pair: pair[1]):
        time.sleep(max(0.0, began + life - time.monotonic()))
        deployer.kill()


def count(database: Database, number: int) -> str:
    """Return how often the round's migration began, and how often it ended."""
    return database.sql(
        f"select count(*) || ' ' || count(ended) from runs where tag = 'round-{number}'"
    )


def lane(database: Database, numbers: range) -> list[str]:
    """Play rounds one after the other; return what went wrong."""
    wrong = []
    for number in numbers:
        outcomes = play(database, number)
        counted = count(database, number)
        if counted != "1 1" or set(outcomes) - {"passed", "attached", "skipped"}:
            wrong.append(f"round {number}: began and ended {counted}, {outcomes}")
    return wrong


@pytest.mark.slow
def test_the_count_is_right_in_every_round(town, record_property):
    databases = [town.database() for _lane in range(min(SIDE_BY_SIDE, ROUNDS))]
    lanes = [range(first, ROUNDS, len(databases)) for first in range(len(databases))]
    with ThreadPoolExecutor(len(databases)) as pool:
        wrong = [each for found in pool.map(lane, databases, lanes) for each in found]

    record_property("rounds", ROUNDS)
    assert wrong == []
    assert [database.overlaps() for database in databases] == [0] * len(databases)
    assert sum(len(database.jobs()) for database in databases) == ROUNDS


@pytest.mark.slow
def test_control_without_the_guards_the_count_is_wrong(database):
    for number in range(3):
        play(database, number, "no-lease", "no-slot", "no-look")
    assert {count(database, number) for number in range(3)} != {"1 1"}
