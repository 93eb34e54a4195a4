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

AWAY_S = 60
SCRIPT = counting(75)


@pytest.fixture
def relay(kubeconfig):
    """A relay to the API server of the kubeconfig."""
    (cluster,) = yaml.safe_load(kubeconfig.read_text())["clusters"]
    server = urlsplit(cluster["cluster"]["server"])
    made = Relay((server.hostname, server.port))
    yield made
    made.close()


@pytest.mark.slow
def test_the_log_has_no_gap_and_the_run_passes(database, relay):
    deployer = Deployer(database.params(SCRIPT, timeout=400) | {"host": relay.url})
    deployer.says("second 3")
    relay.cut()
    deployer.says("does not answer, trying on")
    time.sleep(AWAY_S)
    relay.mend()
    entry = deployer.only(within_s=400)

    assert (entry["outcome"], database.runs()) == ("passed", 1)
    assert deployer.quoted() == [
        "first line a",
        *(f"second {number}" for number in range(1, 76)),
        "last line a",
    ]
