# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""K3: the pod is deleted while it runs; also one that ends with 0 on SIGTERM."""

from __future__ import annotations

import pytest

from tests.kill.town import counting

DIES = counting(60)
POLITE = "trap 'echo asked to stop; exit 0' TERM\n" + counting(60).replace(
    "sleep 1", "sleep 1 & wait"
)


def delete_pod(database, deployer) -> None:
    deployer.says("second 2")
    (pod,) = database.pods()
    database.town.delete("pods", pod["metadata"]["name"])


@pytest.mark.parametrize("script", [DIES, POLITE], ids=["killed", "exits-0-on-sigterm"])
def test_it_is_interrupted_and_never_passed(database, script):
    deployer = database.deploy(script)
    delete_pod(database, deployer)
    entry = deployer.only()

    assert (entry["outcome"], entry["class"]) == ("failed", "interrupted")
    (record,) = database.records().values()
    assert (record["class"], "passed" in record) == ("interrupted", False)
    assert (len(database.jobs()), database.runs()) == (1, 0)


def test_control_without_the_enforced_fields_it_is_run_again_unasked(database, eventually):
    deployer = database.deploy(DIES, "no-policies")
    delete_pod(database, deployer)
    eventually(lambda: database.started() == 2, within_s=90, every_s=2)
    deployer.kill()
