# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Good roll-outs that look bad for a while: none may be called failed.

Each pulls an image of its own from a registry that answers with errors for half a minute, then
crashes once, then needs four fifths of what its startup probe allows. Many go on at the same time.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.health import flaky
from tests.integration.health.faults import deployment

pytestmark = pytest.mark.slow  # two minutes for every ten roll-outs

ROLL_OUTS = int(os.environ.get("SLIPWAY_ROLL_OUTS", "10"))
AT_ONCE = 10
BUDGET_S, START_S = 30, 24

ONE_POD = '[ "${HOSTNAME##*-}" = 0 ]'
EVERY_POD = "true"
ONCE = ": > /state/crashed; exit 3"
ALWAYS = "exit 3"


def roll_out(name, crash=ONCE):
    """A Deployment whose pods all crash; by turns a StatefulSet of which one pod does."""
    ordered = int(name.rpartition("-")[2]) % 2 == 1
    who = ONE_POD if ordered else EVERY_POD
    text = f"[ -e /state/crashed ] || if {who}; then sleep 1; {crash}; fi; "
    text += f"sleep {START_S}; : > /state/started; sleep 3600"
    started = {"exec": {"command": ["sh", "-c", "[ -e /state/started ]"]}}
    container = {
        "image": flaky.image(name),
        "imagePullPolicy": "Always",
        "command": ["sh", "-c", text],
        "startupProbe": started | {"periodSeconds": 3, "failureThreshold": BUDGET_S // 3},
        "readinessProbe": started | {"periodSeconds": 3},
        "volumeMounts": [{"name": "state", "mountPath": "/state"}],
    }
    obj = deployment(container, volumes=[{"name": "state", "emptyDir": {}}])
    obj["spec"] |= {"replicas": 2, "selector": {"matchLabels": {"app": name}}}
    obj["metadata"]["name"] = name
    obj["spec"]["template"]["metadata"]["labels"] = {"app": name}
    if ordered:
        obj["kind"] = "StatefulSet"
        obj["spec"] |= {"serviceName": name, "podManagementPolicy": "Parallel"}
    return obj


@pytest.fixture(scope="module")
def outcomes(side_by_side):
    """Every roll-out by its name, and one that is not good."""
    every = [roll_out(f"good-{number}") for number in range(ROLL_OUTS)]
    every.append(roll_out(f"bad-{ROLL_OUTS}", crash=ALWAYS))

    def run(bench):
        def tried(obj):
            outcome = bench.wait(bench.apply(obj), timeout=300.0)
            bench.delete(obj)  # the node has room for a hundred pods
            return outcome

        registry = bench.wait(bench.apply(flaky.POD))
        assert registry.result["failed"] is False, registry.seen
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(names, pool.map(tried, every), strict=True))

    names = [obj["metadata"]["name"] for obj in every]
    return side_by_side({"all": run})["all"]


def test_no_good_roll_out_is_called_failed(outcomes):
    good = [outcome for name, outcome in outcomes.items() if name.startswith("good")]
    alarms = [one.seen for one in good if one.result["failed"] or "FAILED" in one.seen]
    assert not alarms, f"{len(alarms)} of {len(good)}:\n" + "\n\n".join(alarms)
    took = sorted(round(one.seconds) for one in good)
    print(f"{len(good)} roll-outs, of {took[0]} to {took[-1]} s, no false alarm")


@pytest.mark.parametrize("sign", ["500 Internal Server Error", "it exits with code 3"])
def test_every_one_of_them_looked_bad(outcomes, sign):
    assert all(sign in outcome.seen for outcome in outcomes.values())


def test_control_one_that_goes_on_crashing_is_called_failed(outcomes):
    outcome = outcomes[f"bad-{ROLL_OUTS}"]
    assert outcome.last["reason"] == "CrashLoop", outcome.seen
    assert outcome.last["status"] == "failed", outcome.seen
