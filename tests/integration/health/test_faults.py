# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of faults.py on the real cluster: what a person is told, and how soon."""

from __future__ import annotations

import re

import pytest

from tests.integration.health.faults import FAULTS
from tests.integration.health.registry import POD


@pytest.fixture(scope="module")
def outcomes(side_by_side):
    """Each fault, and the same without it."""

    def registry(bench):
        return bench.wait(bench.apply(POD))

    outcome = side_by_side({"registry": registry})["registry"]
    assert outcome.result["failed"] is False, outcome.seen
    return side_by_side({name: tried(fault) for name, fault in FAULTS.items()})


def tried(fault):
    """Callable: the fault, then, while its namespace still is as it was, the same without it."""

    def run(bench):
        *others, awaited = fault.objects(True)
        entry = bench.apply(*others, awaited)
        bad = bench.wait(entry, timeout=fault.timeout_s)
        if awaited["kind"] in ("Job", "PersistentVolumeClaim"):  # their specs are immutable
            bench.delete(awaited)
        entry = bench.apply(*fault.objects(False))
        return bad, bench.wait(entry)

    return run


def assert_told(fault, bad):
    """What a person reads is the cause, soon enough."""
    told = bad.last
    assert bad.result["failed"] is True, bad.seen
    assert (told["status"], told["reason"]) == (fault.status, fault.reason), bad.seen
    assert re.search(fault.says, told["message"]), bad.seen
    assert told["message"] in bad.result["msg"]
    assert bad.certain_after(fault.sign) <= fault.within_s, bad.seen


@pytest.mark.parametrize("name", FAULTS)
def test_fault(outcomes, name):
    bad, _good = outcomes[name]
    assert_told(FAULTS[name], bad)
    print(f"{name}: told {bad.seconds:.0f} s after the apply")


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_it_becomes_ready(outcomes, name):
    _bad, good = outcomes[name]
    assert good.result["failed"] is False, good.seen
    assert good.last["status"] == "ready"


def test_the_log_of_the_run_that_crashed_is_shown_without_the_secret(outcomes):
    bad, _good = outcomes["crash at start"]
    texts = {"\n".join(log["lines"]) for log in bad.last["logs"]}
    assert texts == {"login with ********\nno table users"}
    assert 'Its log ends with "no table users".' in bad.result["msg"]
    assert "hunter2" not in bad.seen + str(bad.result)


def test_the_log_of_a_failed_job_is_shown(outcomes):
    bad, _good = outcomes["Job fails"]
    assert [log["lines"] for log in bad.last["logs"]] == [["statement 2 failed"]]


def test_the_report_begins_with_a_table_and_tells_what_to_do(outcomes):
    bad, _good = outcomes["missing Secret"]
    report = bad.lines[bad.lines.index("") + 1 :]
    assert report[0].split() == ["STATUS", "KIND", "NAME", "WHY"]
    assert report[1].startswith("FAILED  Deployment  api   container api of pod api-")
    assert "  what to do: Create what is missing, or correct the name." in report
    assert any(line.startswith("  event: Pod api-") for line in report)
