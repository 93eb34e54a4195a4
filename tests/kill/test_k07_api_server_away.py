# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K7: the API server is away from the deployer for a minute while the migration runs."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
import yaml

from tests.kill.deployer import Deployer
from tests.kill.relay import Relay
from tests.kill.town import counting


@pytest.fixture
def relay(kubeconfig):
    """A relay to the API server of the kubeconfig."""
    (cluster,) = yaml.safe_load(kubeconfig.read_text())["clusters"]
    server = urlsplit(cluster["cluster"]["server"])
    made = Relay((server.hostname, server.port))
    yield made
    made.close()


def lose_it(deployer, relay, away_s: int) -> None:
    """Let the API server be away from a deployer for a while, in the middle of the migration."""
    deployer.says("second 3")
    relay.cut()
    time.sleep(away_s)
    relay.mend()


@pytest.mark.parametrize("away_s", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_the_log_has_no_gap_and_the_run_passes(database, relay, away_s):
    last = away_s + 15
    wanted = database.params(counting(last), timeout=400)
    deployer = Deployer(wanted | {"host": relay.url})
    lose_it(deployer, relay, away_s)
    entry = deployer.only(within_s=400)

    assert any("does not answer, trying on" in line for line in deployer.lines)
    assert (entry["outcome"], database.runs()) == ("passed", 1)
    assert deployer.quoted() == [
        "first line a",
        *(f"second {number}" for number in range(1, last + 1)),
        "last line a",
    ]


def test_control_without_patience_the_deployer_gives_up_what_passes(database, relay, eventually):
    deployer = Deployer(database.params(counting(8)) | {"host": relay.url}, "no-patience")
    lose_it(deployer, relay, 4)
    entry = deployer.only()

    assert (entry["outcome"], entry["class"]) == ("failed", "no_answer")
    assert deployer.quoted()[-1] != "last line a"
    eventually(lambda: database.runs() == 1, within_s=60, every_s=1)
    assert database.records() == {}
